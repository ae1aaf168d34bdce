import Clibgit2
import Glibc

/// A program of its own session: no shell, no terminal, files for standard input and output, nothing of ours open.
///
/// Not `Foundation.Process`: its end is told through a socket that programs started at the same moment inherit, so one
/// that runs long hides the end of another (found by a hanging test).
struct SpawnedProgram {
    let pid: pid_t

    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - environment: all of it.
    ///   - output: a file, made or emptied.
    /// - Returns: nil if it can't be started.
    init?(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String = "/",
        input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null"
    ) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, tminus_spawn_flags)
        let making = O_WRONLY | O_CREAT | O_TRUNC
        guard
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0) == 0,
            posix_spawn_file_actions_addopen(&actions, 1, output, making, 0o600) == 0,
            posix_spawn_file_actions_addopen(&actions, 2, errors, making, 0o600) == 0,
            posix_spawn_file_actions_addchdir_np(&actions, directory) == 0,
            posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0
        else { return nil }
        let lines = environment.keys.sorted().map { "\($0)=\(environment[$0] ?? "")" }
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = lines.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp) == 0 else { return nil }
        self.pid = pid
    }

    /// Waits for its end, and kills it and its session at the limit.
    ///
    /// - Returns: the exit status; -1 if a signal ended it.
    func wait(atMost limit: Duration) -> Int32 {
        let deadline = ContinuousClock.now + limit
        var pause: useconds_t = 500
        var status: Int32 = 0
        while true {
            let code = waitpid(pid, &status, WNOHANG)
            if code == pid { return status & 0x7F == 0 ? status >> 8 & 0xFF : -1 }
            if code < 0, errno != EINTR { return -1 }
            if ContinuousClock.now > deadline { return stop() }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
    }

    /// Kills it and what it started, and waits for its end.
    @discardableResult
    func stop() -> Int32 {
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return -1
    }
}
