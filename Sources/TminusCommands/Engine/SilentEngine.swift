import Glibc
import TminusModel

/// An engine that holds its directory and listens, and does not answer: stopped by a signal, or hanging.
struct SilentEngine {
    let directory: DataDirectory
    let holder: EngineLock.Holder?

    /// How long it is given to leave by itself, and then to be gone.
    private static let patience = Duration.seconds(5)

    /// Nil when nobody holds the directory, or nobody listens.
    init?(_ directory: DataDirectory) {
        guard directory.remote == nil, EngineLock.isHeld(directory) == true,
            SocketProbe.isListening(directory.socket)
        else { return nil }
        self.directory = directory
        holder = EngineLock.holder(of: directory)
    }

    var failure: Failure {
        let who = holder.map { "pid \($0.pid), since \(LocalTime.full($0.started))" } ?? "which has not said who it is"
        let pid = holder.map { "\($0.pid)" } ?? "PID"
        return Failure(
            .failed,
            """
            the engine of \(directory.path) (\(who)) listens and does not answer. It may have been stopped: \
            kill -CONT \(pid). Or it hangs: the end of \(directory.log) may say why; kill -9 \(pid) ends it, the next \
            command starts another, and steps that are under way go on and are taken up. To go back without it: \
            tminus rollback --service SERVICE --environment ENVIRONMENT --reason WHY --by-bundles
            """)
    }

    /// Ends whatever engine holds a directory; at once when none does. Steps under way go on under their shims.
    ///
    /// - Throws: `.failed` when it can't be told who that is, or it does not go away.
    static func end(_ directory: DataDirectory) throws(Failure) {
        guard EngineLock.isHeld(directory) == true else { return }
        guard let holder = EngineLock.holder(of: directory), holder.pid > 1 else {
            throw Failure(.failed, "some engine holds \(directory.path) and has not said who it is; end it by hand")
        }
        for signal in [SIGTERM, SIGKILL] {
            // Somebody else's number by now, if it left in this moment: its lock would be free then.
            guard EngineLock.isHeld(directory) == true else { return }
            guard kill(pid_t(holder.pid), signal) == 0 || errno == ESRCH else {
                throw Failure(.failed, "cannot end the engine, pid \(holder.pid): \(String(cString: strerror(errno)))")
            }
            if isFree(directory) { return }
        }
        throw Failure(
            .failed,
            "pid \(holder.pid) still holds \(directory.path), or something starts it again: stop its service first "
                + "(systemctl stop tminus)")
    }

    private static func isFree(_ directory: DataDirectory) -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while clock.now < deadline {
            if EngineLock.isHeld(directory) != true { return true }
            usleep(20_000)
        }
        return false
    }
}
