import TminusModel

extension Zoo {
    /// Those that kill: themselves, each other, their shim.
    static let killing = [
        Beast("kills its process group", .signalled(9), sh: "sleep 60 & kill -9 0"),
        Beast(
            "kills all processes of its user", .signalled(9),
            sh: "exec setpriv --reuid=54323 --clear-groups sh -c '\(killAll)'"
        )
        .with { $0.needs = [.root] },
        Beast("kills its shim", .vanished(.shimLost), sh: "kill -9 $PPID; exit 0"),
        Beast("ends its shim by TERM", .stopped, sh: "kill -TERM $PPID; sleep 60"),
        Beast(
            "sends its shim every signal but those that end or stop it", .exited(3),
            sh: """
                for signal in HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 PIPE ALRM STKFLT CHLD CONT TSTP TTIN \
                TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS RTMIN RTMAX; do kill -$signal $PPID; done
                exit 3
                """),
        Beast(
            "sends its shim a thousand signals", .exited(3),
            sh: "i=0; while [ $i -lt 1000 ]; do kill -CHLD $PPID; kill -HUP $PPID; i=$((i+1)); done; exit 3"),
        Beast(
            "stops its shim for a while", .exited(3),
            sh: "(sleep 0.3; kill -CONT $PPID) & kill -STOP $PPID; sleep 0.6; exit 3"),
        Beast(
            "stops its shim for good, and is told to stop", .stopped,
            sh: "kill -STOP $PPID; echo on > began; sleep 60"
        ).with { $0.treatment = .stopped },
        Beast("stops itself", .timedOut, sh: "kill -STOP $$; exit 0").with {
            $0.timeout = .milliseconds(300)
            $0.grace = .milliseconds(200)
        },
        Beast("stops itself, and is told to stop", .stopped, sh: "(sleep 0.1; echo on > began) & kill -STOP $$")
            .with { $0.treatment = .stopped },
        Beast("ends by SEGV, with a core", .signalled(11), sh: "ulimit -c unlimited; kill -SEGV $$"),
        Beast("aborts", .signalled(6), python: "os.abort()"),
        Beast("ends by a real-time signal", .signalled(40), sh: "kill -40 $$"),
        Beast("takes its shim's descriptors away", .exited(3), sh: "prlimit --pid $PPID --nofile=3:3; echo x; exit 3"),
        Beast(
            "takes its shim's descriptors away, and leaves a daemon",
            .killFailed("these processes survived SIGKILL:"),
            sh: "(setsid sleep 20 &); sleep 0.1; prlimit --pid $PPID --nofile=3:3; exit 3"),
        Beast(
            "forbids its shim to write", .vanished(.shimLost), sh: "prlimit --pid $PPID --fsize=0:0; echo x; exit 0"),
        Beast(
            "lets its shim have no processor time", .exited(3), .vanished(.shimLost),
            sh: "prlimit --pid $PPID --cpu=0; exit 3"),
    ]

    private static let killAll = "[ $(id -u) = 54323 ] || exit 9; setsid sleep 60 & kill -9 -1; kill -9 $$"
}
