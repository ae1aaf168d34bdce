import Foundation
import TminusModel

extension Zoo {
    /// 200 MB, or what `TMINUS_ZOO_FLOOD_BYTES` says.
    static let floodBytes =
        ProcessInfo.processInfo.environment["TMINUS_ZOO_FLOOD_BYTES"].flatMap { Int($0) } ?? 200 << 20

    /// Those that write too much, too little, or what isn't text.
    static let output = [
        Beast("floods its output", .exited(0), sh: "head -c \(floodBytes) /dev/zero | tr '\\0' x").with {
            $0.timeout = .seconds(600)
            $0.patience = .seconds(600)
        },
        Beast("floods its output with lines", .exited(0), sh: "yes | head -c \(floodBytes / 8)").with {
            $0.timeout = .seconds(600)
            $0.patience = .seconds(600)
        },
        Beast("floods its output and never ends", .timedOut, sh: "trap '' TERM PIPE; yes").with {
            $0.timeout = .milliseconds(300)
            $0.grace = .milliseconds(200)
        },
        Beast("writes a line of three megabytes", .exited(0), sh: "head -c 3000000 /dev/zero | tr '\\0' y; echo").with {
            $0.log = String(repeating: "y", count: 3_000_000) + "\n"
        },
        Beast("writes NULs", .exited(0), sh: "printf 'a\\0b\\0\\0c'").with { $0.log = "a\0b\0\0c" },
        Beast("writes what isn't UTF-8", .exited(0), sh: "printf '\\377\\376 ok\\300\\200\\355\\240\\200'").with {
            $0.note = " ok"
        },
        Beast("writes terminal escapes as its last line", .exited(0), sh: "printf '\\033[2J\\033]0;x\\007 done'").with {
            $0.note = " [2J ]0;x  done"
        },
        Beast("closes its output, and goes on", .exited(5), sh: "exec >&- 2>&-; sleep 0.1; exit 5").with {
            $0.log = ""
        },
        Beast(
            "writes by a hundred processes at once", .exited(0),
            sh: "for i in 1 2 3 4 5 6 7 8 9 10; do for j in 0 1 2 3 4 5 6 7 8 9; do echo line & done; done; wait"
        )
        .with { $0.log = String(repeating: "line\n", count: 100) },
        Beast(
            "writes a secret byte by byte", .exited(0),
            python: """
                for byte in b'key=' + os.environb[b'ZOO_SECRET'] + b'!':
                    os.write(1, bytes([byte]))
                    time.sleep(0.002)
                """
        ).with {
            $0.secret = "correct horse battery"
            $0.log = "key=***!"
        },
        Beast(
            "writes a secret across two processes", .exited(0),
            sh:
                """
                printf 'correct ho'; sleep 0.1; printf 'rse battery'
                sh -c 'printf correct; printf " horse battery" >&2'
                """
        ).with {
            $0.secret = "correct horse battery"
            $0.log = "***"
        },
        Beast("floods with beginnings of a secret", .exited(0), sh: "yes 'correct horse batter' | head -c 3000000").with
        {
            $0.secret = "correct horse battery"
            $0.unwanted = "***"
        },
        Beast(
            "makes its pipe tiny", .exited(0),
            python: "import fcntl\nfcntl.fcntl(1, 1031, 4096)\nos.write(1, b'z' * 100000)"
        )
        .with { $0.log = String(repeating: "z", count: 100_000) },
        Beast("reads its input", .exited(0), sh: "cat; read line; exit 0").with { $0.log = "" },
        Beast("wants a terminal", .exited(1), sh: "tty > /dev/null || exec 2>/dev/null; (exec < /dev/tty) || exit 1"),
        Beast("looks for descriptors it should not have", .exited(0), sh: "ls /proc/self/fd | tr '\\n' ' '").with {
            // The fourth is the directory ls reads.
            $0.log = "0 1 2 3 "
        },
    ]
}
