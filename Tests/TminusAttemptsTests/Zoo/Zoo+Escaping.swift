import TminusModel

extension Zoo {
    /// Those that try to outlive their step.
    static let escaping = [
        Beast(
            "daemonises twice", .exited(0),
            python: """
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        signal.signal(signal.SIGTERM, signal.SIG_IGN)
                        os.chdir('/')
                        time.sleep(60)
                    os._exit(0)
                """),
        Beast("leaves a sleeper in a session of its own", .exited(0), sh: "setsid sleep 60 & exit 0"),
        Beast(
            "leaves one that ignores every signal there is to ignore", .exited(3),
            python: """
                if os.fork() == 0:
                    os.setsid()
                    for number in set(range(1, 65)) - {9, 19, 32, 33}:
                        signal.signal(number, signal.SIG_IGN)
                    while True: time.sleep(60)
                os._exit(3)
                """),
        Beast(
            "leaves fifty orphans", .exited(0),
            sh: "i=0; while [ $i -lt 50 ]; do (sleep 60 &); i=$((i+1)); done"),
        Beast(
            "leaves two hundred zombies unreaped", .exited(0),
            python: """
                for _ in range(200):
                    if os.fork() == 0: os._exit(0)
                time.sleep(0.1)
                """),
        Beast(
            "keeps its output open in a grandchild", .exited(0),
            sh: "(setsid sh -c 'trap \"\" TERM HUP; sleep 60; echo late' &)"
        ).with {
            $0.log = ""
            $0.unwanted = "late"
        },
        Beast(
            "hides a live process behind a dead first thread", .exited(0),
            python: """
                def live():
                    os.write(w, b'x')
                    while True: time.sleep(60)
                r, w = os.pipe()
                if os.fork() == 0:
                    os.setsid()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    threading.Thread(target=live).start()
                    libc.syscall(60, 0)
                os.read(r, 1)
                time.sleep(0.05)
                """),
        Beast(
            "is itself a live process behind a dead first thread", .timedOut,
            python: """
                def live():
                    while True: time.sleep(60)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                threading.Thread(target=live).start()
                libc.syscall(60, 0)
                """
        ).with {
            $0.timeout = .milliseconds(700)
            $0.grace = .milliseconds(200)
        },
        Beast(
            "adopts its orphans itself", .exited(0),
            python: """
                libc.prctl(36, 1, 0, 0, 0)
                if os.fork() == 0:
                    if os.fork() == 0:
                        os.setsid()
                        time.sleep(60)
                    os._exit(0)
                time.sleep(0.05)
                """),
        Beast(
            "has a name that looks like a dead process", .exited(0),
            python: """
                if os.fork() == 0:
                    os.setsid()
                    libc.prctl(15, b') Z 1 1 1 (', 0, 0, 0)
                    time.sleep(60)
                time.sleep(0.05)
                """),
        Beast(
            "runs from fork to fork", .exited(0),
            python: """
                if os.fork() == 0:
                    os.setsid()
                    until = time.monotonic() + 4
                    while time.monotonic() < until:
                        if os.fork(): os._exit(0)
                time.sleep(0.05)
                """),
        Beast(
            "runs from fork to fork in ten places", .exited(0),
            python: """
                for _ in range(10):
                    if os.fork() == 0:
                        until = time.monotonic() + 4
                        while time.monotonic() < until:
                            if os.fork(): os._exit(0)
                time.sleep(0.1)
                """),
        // The limit is checked by what it limits: a bomb without one takes the machine down.
        Beast(
            "bombs with forks below a limit", .exited(0),
            sh: "(exec \(limited(54321)) 'b() { b | b & }; b; sleep 0.3') 2>/dev/null; exit 0"
        ).with { $0.needs = [.root] },
        Beast(
            "bombs with forks until its timeout", .timedOut,
            sh: "exec \(limited(54322)) 'trap \"\" TERM; b() { b | b & }; b; while :; do sleep 1; done' 2>/dev/null"
        ).with {
            $0.needs = [.root]
            $0.timeout = .milliseconds(300)
            $0.grace = .milliseconds(200)
        },
        Beast(
            "hides in a process namespace", .exited(0),
            sh: "unshare -pf sh -c 'setsid sleep 60 & setsid sleep 60 & wait' & sleep 0.2"
        ).with { $0.needs = [.root] },
        Beast(
            "moves itself out of its cgroup", .exited(0),
            sh: """
                (setsid sh -c 'echo 0 > /sys/fs/cgroup/unified/cgroup.procs; exec sleep 60' 2>/dev/null &)
                sleep 0.1
                """
        ).with { $0.needs = [.root, .cgroup] },
        Beast(
            "freezes a child below a tracer", .exited(0),
            python: """
                child = os.fork()
                if child == 0:
                    libc.ptrace(0, 0, 0, 0)
                    os.kill(os.getpid(), signal.SIGSTOP)
                    time.sleep(60)
                os.waitpid(child, os.WUNTRACED)
                """),
        Beast(
            "writes its outputs when it is over", .exited(0),
            sh: "(setsid sh -c 'trap \"\" TERM; sleep 0.5; echo \"{\\\"late\\\": \\\"1\\\"}\" > $TMINUS_OUTPUT' &)"),
    ]
    /// What runs a script as a user who may have a hundred processes, of two seconds of processor time each.
    private static func limited(_ user: Int) -> String {
        """
        prlimit --nproc=100:100 --cpu=2:2 setpriv --reuid=\(user) --clear-groups \
        sh -c 'grep -q "Max processes  *100 " /proc/self/limits && [ $(id -u) = \(user) ] || exit 9; eval "$0"'
        """
    }
}
