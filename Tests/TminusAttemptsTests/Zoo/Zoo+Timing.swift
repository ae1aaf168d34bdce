import TminusModel

extension Zoo {
    /// Those that end late, or just in time.
    static let timing = [
        Beast("sleeps past its timeout", .timedOut, sh: "sleep 60").with { $0.timeout = .milliseconds(200) },
        Beast("ignores TERM", .timedOut, sh: "trap '' TERM; while :; do sleep 1; done").with {
            $0.timeout = .milliseconds(200)
            $0.grace = .milliseconds(200)
        },
        Beast(
            "ignores every signal", .timedOut,
            python: """
                for number in set(range(1, 65)) - {9, 19, 32, 33}:
                    signal.signal(number, signal.SIG_IGN)
                while True: time.sleep(1)
                """
        ).with {
            $0.timeout = .milliseconds(500)
            $0.grace = .milliseconds(200)
        },
        Beast("ends exactly at its timeout", .exited(0), .timedOut, sh: "sleep 0.2").with {
            $0.timeout = .milliseconds(200)
        },
        Beast("ends exactly when it is told to stop", .exited(0), .stopped, sh: "echo on > began").with {
            $0.treatment = .stopped
        },
        Beast(
            "needs nearly all of its grace", .timedOut,
            sh: "trap 'sleep 0.7; echo tidied; exit 0' TERM; sleep 60 & wait"
        )
        .with {
            $0.timeout = .milliseconds(200)
            $0.log = "tidied\n"
        },
        Beast(
            "needs a little more than its grace", .timedOut,
            sh: "trap 'sleep 5; echo tidied; exit 0' TERM; sleep 60 & wait"
        ).with {
            $0.timeout = .milliseconds(200)
            $0.grace = .milliseconds(300)
            $0.log = ""
        },
        Beast(
            "starts daemons when it is told to end", .timedOut,
            sh: """
                trap 'for i in 1 2 3 4 5; do setsid sh -c "trap \\"\\" TERM; sleep 60" & done; exit 0' TERM
                sleep 60 & wait
                """
        ).with { $0.timeout = .milliseconds(200) },
        Beast("floods when it is told to end", .timedOut, sh: "trap 'exec cat /dev/zero' TERM; sleep 60 & wait").with {
            $0.timeout = .milliseconds(200)
            $0.grace = .milliseconds(300)
        },
        Beast("outlives its engine", .exited(7), sh: "echo on > began; read line < go; exit 7").with {
            $0.treatment = .adopted
        },
    ]
}
