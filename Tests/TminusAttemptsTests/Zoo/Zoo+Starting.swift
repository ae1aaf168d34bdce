import TminusModel

extension Zoo {
    /// Those that hardly begin.
    static let starting = [
        Beast(
            "has no program", .notStarted("cannot run /no/such/program: No such file or directory"),
            argv: ["/no/such/program"]),
        Beast("is a directory", .notStarted("cannot run /tmp: Permission denied"), argv: ["/tmp"]),
        Beast(
            "is a file that is no program", .notStarted("cannot run /etc/passwd: Permission denied"),
            argv: ["/etc/passwd"]),
        Beast(
            "becomes a script without an interpreter", .exited(7),
            sh: "printf 'exit 7\\n' > s; chmod +x s; exec ./s"),
        Beast(
            "becomes a script whose interpreter is missing", .exited(127), .exited(126),
            sh: "printf '#!/no/such\\n' > s; chmod +x s; exec ./s"),
        Beast("has an environment of a megabyte", .exited(0), sh: "[ ${#ZOO_LONG9} = 100000 ]").with {
            $0.environment = (0..<10).map {
                Variable(name: "ZOO_LONG\($0)", value: String(repeating: "e", count: 100_000))
            }
        },
        Beast(
            "has fifty thousand arguments", .exited(0),
            argv: ["/bin/sh", "-c", "[ $# = 50000 ]", "sh"] + (1...50_000).map { "\($0)" }),
        Beast(
            "has more arguments than the system takes",
            .notStarted("cannot run /bin/sh: Argument list too long"),
            argv: ["/bin/sh", "-c", "exit 0"] + (1...30).map { _ in String(repeating: "a", count: 130_000) }),
        Beast(
            "has arguments that are options, quotes and commands", .exited(0),
            argv: ["/usr/bin/printf", "%s|", "--", "$(id)", "`id`", "a b", "'", "\"", ";", "\\", "\n"]
        ).with {
            $0.log = "--|$(id)|`id`|a b|'|\"|;|\\|\n|"
        },
        Beast(
            "is replaced by another program again and again", .exited(5),
            sh: "exec sh -c 'exec sh -c \"exec sh -c \\\"exit 5\\\"\"'"),
        Beast("ends at once", .exited(0), argv: ["/bin/true"]),
    ]
}
