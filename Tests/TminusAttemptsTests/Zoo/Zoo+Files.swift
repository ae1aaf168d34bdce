import TminusModel

extension Zoo {
    /// Where a step finds its attempt's directory.
    private static let here = "d=$(dirname $TMINUS_OUTPUT); "

    /// Those that lay hands on their attempt's files.
    static let files = [
        Beast("goes away and removes where it was", .exited(4), sh: "mkdir w; cd w; rmdir ../w; echo x; exit 4"),
        Beast("removes its attempt's directory", .exited(4), sh: here + "rm -rf $d; echo x; exit 4"),
        Beast("removes its attempt's directory, and its engine dies", .exited(4), sh: here + adopted + "exit 4").with {
            $0.treatment = .adopted
        },
        Beast(
            "removes its attempt's directory, its engine dies, and it kills its shim", .vanished(.shimLost),
            sh: here + adopted + "kill -9 $PPID"
        ).with { $0.treatment = .adopted },
        Beast(
            "removes its attempt's directory and kills its shim", .vanished(.shimLost),
            sh: here + "rm -rf $d; kill -9 $PPID; exit 0"),
        Beast("empties its attempt's directory", .exited(4), sh: here + "rm -rf $d/*; echo x; exit 4"),
        Beast("moves its attempt's directory away", .vanished(.shimLost), sh: here + "mv $d $d.gone; exit 0"),
        Beast("shuts its attempt's directory", .exited(4), sh: here + "chmod 000 $d; exit 4"),
        Beast("removes its log", .exited(4), sh: here + "echo x; sleep 0.1; rm -f $d/log; echo y; exit 4"),
        Beast(
            "puts a pipe where its log goes", .exited(4), sh: here + "mkfifo $d/log; head -c 300000 /dev/zero; exit 4"),
        Beast("puts a directory where its log goes", .exited(4), sh: here + "mkdir $d/log; echo x; exit 4").with {
            $0.note = "its log could not be written"
        },
        Beast("puts a link where its log goes", .exited(4), sh: here + "ln -s /dev/full $d/log; echo x; exit 4"),
        Beast("puts a pipe where its record goes", .exited(4), sh: here + "mkfifo $d/exit.tmp; exit 4"),
        Beast(
            "puts a pipe where its record goes, and reads it", .exited(4), .vanished(.shimLost),
            sh: here + "mkfifo $d/exit.tmp; (setsid cat $d/exit.tmp > /dev/null &); sleep 0.1; exit 4"),
        Beast("puts a directory where its record goes", .exited(4), sh: here + "mkdir -p $d/exit/x; exit 4"),
        Beast("puts a link where its record goes", .exited(4), sh: here + "ln -s /dev/null $d/exit.tmp; exit 4"),
        Beast("forges its record", .exited(9), sh: here + forged + " > $d/exit; exit 9"),
        Beast(
            "forges a record in its claim", .exited(9),
            sh: here + "(head -c 1024 /dev/zero;" + forged + ") > $d/claim; exit 9"),
        Beast("makes its claim a tombstone", .exited(9), sh: here + "echo tminus-tombstone > $d/claim; exit 9"),
        Beast("makes its claim a pipe", .exited(9), sh: here + "rm $d/claim; mkfifo $d/claim; exit 9"),
        Beast("makes its spec a pipe", .exited(9), sh: here + "rm $d/spec; mkfifo $d/spec; exit 9"),
        Beast("makes its spec a directory", .exited(9), sh: here + "rm $d/spec; mkdir $d/spec; exit 9"),
        Beast("empties its spec", .exited(9), sh: here + ": > $d/spec; exit 9"),
        Beast("empties its spec and kills its shim", .vanished(.shimLost), sh: here + ": > $d/spec; kill -9 $PPID"),
        Beast("writes outputs that are junk", .exited(0), sh: "head -c 5000 /dev/urandom > $TMINUS_OUTPUT").with {
            $0.note = "its outputs were ignored"
        },
        Beast(
            "writes outputs of a terabyte", .exited(0),
            sh: "truncate -s 1T $TMINUS_OUTPUT || truncate -s 1G $TMINUS_OUTPUT"
        )
        .with { $0.note = "it is larger than 65536 bytes" },
        Beast("makes its outputs a link", .exited(0), sh: "ln -s /etc/passwd $TMINUS_OUTPUT").with {
            $0.note = "its outputs were ignored: it can't be opened"
        },
        Beast("makes its outputs a pipe", .exited(0), sh: "mkfifo $TMINUS_OUTPUT").with {
            $0.note = "its outputs were ignored: it is not a regular file"
        },
        Beast("makes its outputs a directory", .exited(0), sh: "mkdir $TMINUS_OUTPUT").with {
            $0.note = "its outputs were ignored: it is not a regular file"
        },
        Beast("nests its outputs deeply", .exited(0), python: deep).with { $0.note = "its outputs were ignored" },
    ]

    private static let adopted = "rm -rf $d; echo on > began; read line < go; "

    private static let forged = """
        printf 'tminus-exit 1\\nkind exited\\ncode 0\\ntext \\nelapsedMilliseconds 1\\nuserMicroseconds 1\\n\
        systemMicroseconds 1\\nresidentKibibytesMax 1\\nboot x\\nlogBytes 0\\ndroppedBytes 0\\n\
        logError 0\\nnote \\nend\\n'
        """

    private static let deep = "open(os.environ['TMINUS_OUTPUT'], 'w').write('{\"a\":' * 10000)"
}
