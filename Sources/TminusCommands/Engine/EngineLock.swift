import CLinux
import Glibc
import TminusModel

/// The right to be a data directory's engine: a flock that ends with its process, and the words of whoever holds it.
struct EngineLock: ~Copyable {
    private let descriptor: Int32

    /// Who holds a lock, by their own words.
    struct Holder: Equatable, Sendable {
        var pid: Int
        var started: Instant
        var version: String
    }

    /// Takes the lock and writes down who we are.
    ///
    /// - Throws: `.held` naming the holder, `.failed` when the file cannot be used.
    init(_ directory: DataDirectory, now: Instant) throws(Failure) {
        let descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.failed, "cannot open \(directory.lock): \(String(cString: strerror(errno)))")
        }
        guard linux_try_lock(descriptor) == 0 else {
            close(descriptor)
            let holder = Self.holder(of: directory)
            let who = holder.map { "pid \($0.pid), version \($0.version), since \(LocalTime.full($0.started))" }
            throw Failure(.held, "another engine holds \(directory.path): \(who ?? "it has not said who it is")")
        }
        let json = JSON.members([
            "pid": .integer(Int(getpid())), "started": .integer(now.millisecondsSinceEpoch),
            "version": .string(Version.current),
        ])
        let bytes = Array((json.line + "\n").utf8)
        let written = ftruncate(descriptor, 0) == 0 ? pwrite(descriptor, bytes, bytes.count, 0) : -1
        guard written == bytes.count else {
            close(descriptor)
            throw Failure(.failed, "cannot write \(directory.lock): \(String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// What the last holder wrote; nil when there is none, or it makes no sense.
    static func holder(of directory: DataDirectory) -> Holder? {
        guard let text = SmallFile.text(directory.lock, bytesMax: 4_096), let json = try? JSON(parsing: text),
            let pid = json["pid"]?.integer, let started = json["started"]?.integer
        else { return nil }
        return Holder(
            pid: Int(pid), started: Instant(millisecondsSinceEpoch: started),
            version: json["version"]?.text ?? "unknown")
    }

    /// Whether some process holds the lock now; nil when there is no lock file.
    static func isHeld(_ directory: DataDirectory) -> Bool? {
        let descriptor = open(directory.lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard linux_try_lock(descriptor) == 0 else { return true }
        _ = linux_unlock(descriptor)
        return false
    }
}
