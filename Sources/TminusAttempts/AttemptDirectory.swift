import CLinux
import Glibc
import TminusModel

/// The files of one attempt, and what they prove. Evidence is an exit record, a held lock and a claim; never a process
/// number alone, a clock or how long something took.
struct AttemptDirectory {
    /// Absolute.
    let path: String
    /// The boot we are in.
    let boot: String
    /// Whether everything of its run was started in this boot.
    let runIsOfThisBoot: Bool

    enum Evidence: Equatable {
        case over(ExitRecord)
        /// A shim lives. Its process, when the claim tells; a lock held without one is a shim just starting.
        case alive(shim: pid_t?)
        /// A shim lives whose files were taken away, by its own step for one.
        case orphaned(shim: pid_t)
        /// The claim is ours now, or was: no shim ever started anything here, and none will.
        case neverStarted
        case vanished(VanishCause)
    }

    var spec: String { "\(path)/spec" }
    var claim: String { "\(path)/claim" }
    var exit: String { "\(path)/exit" }
    var output: String { "\(path)/output" }
    var request: String { "\(path)/request" }

    func exitRecord() -> ExitRecord? {
        SmallFile.read(exit, limit: ExitRecord.bytesMax).flatMap { ExitRecord($0) }
    }

    /// Finds out what became of the attempt, and settles it: an attempt nobody claimed is claimed here, as a tombstone,
    /// so that a shim that comes late finds it taken and leaves.
    ///
    /// - Parameter wasSeen: A shim of this attempt was seen to live, so that missing files are files taken away.
    func settle(wasSeen: Bool = false) throws(SystemFault) -> Evidence {
        if let record = exitRecord() { return .over(record) }
        try SmallFile.makeDirectory(path)
        let lock = try openSpec()
        let locked = linux_try_lock(lock.descriptor)
        guard locked == 0 else {
            guard locked == -EWOULDBLOCK else { throw SystemFault(code: -locked, doing: "lock \(spec)") }
            return .alive(shim: shim())
        }
        // Not left to closing: a process being spawned at this moment holds a copy of the descriptor until its exec.
        defer { _ = linux_unlock(lock.descriptor) }
        if let record = exitRecord() { return .over(record) }
        let specBoot = lock.read(limit: ShimSpec.bytesMax).flatMap { ShimSpec.boot(of: $0) }
        if specBoot == nil {
            if wasSeen { return .vanished(.shimLost) }
            if let shim = orphan() { return .orphaned(shim: shim) }
        }
        let isOfThisBoot = specBoot.map { $0 == boot } ?? runIsOfThisBoot
        if try claimAsTombstone() { return isOfThisBoot ? .neverStarted : .vanished(.rebooted) }
        let claimed = SmallFile.read(claim, limit: ExitRecord.offsetInClaim + ExitRecord.bytesMax) ?? []
        if claimed.starts(with: Self.tombstone.utf8) { return isOfThisBoot ? .neverStarted : .vanished(.rebooted) }
        if let record = ExitRecord(Array(claimed.dropFirst(ExitRecord.offsetInClaim))) { return .over(record) }
        return .vanished(isOfThisBoot ? .shimLost : .rebooted)
    }

    /// Whether a shim holds the lock at this moment.
    func isLocked() -> Bool {
        guard let lock = try? OpenFile(spec, O_RDWR | O_NOFOLLOW) else { return false }
        guard linux_try_lock(lock.descriptor) == 0 else { return true }
        _ = linux_unlock(lock.descriptor)
        return false
    }

    private static let tombstone = "tminus-tombstone"

    /// A step may have shut its own directory; the engine owns it, so it opens it again.
    private func openSpec() throws(SystemFault) -> OpenFile {
        do {
            return try OpenFile(spec, O_RDWR | O_CREAT | O_NOFOLLOW)
        } catch {
            guard error.code == EACCES, chmod(path, 0o700) == 0, chmod(spec, 0o600) == 0 || errno == ENOENT
            else { throw error }
            return try OpenFile(spec, O_RDWR | O_CREAT | O_NOFOLLOW)
        }
    }

    /// A shim of this directory whose spec was removed while it runs: its files prove nothing any more, so processes
    /// are asked. They only ever speak against starting again.
    func orphan() -> pid_t? {
        ShimProcess.all(in: path).first { $0.directory == path }?.pid
    }

    private func claimAsTombstone() throws(SystemFault) -> Bool {
        try SmallFile.createExclusively(claim, Array("\(Self.tombstone) \(boot)\n".utf8), durable: false)
    }

    /// The process of the shim that claimed it, by its own word.
    func shim() -> pid_t? {
        guard let bytes = SmallFile.read(claim, limit: ExitRecord.offsetInClaim) else { return nil }
        let lines = bytes.split(separator: 0x0A)
        guard lines.count >= 6, lines[5].elementsEqual("end".utf8), lines[1].starts(with: "shim ".utf8)
        else { return nil }
        return pid_t(String(decoding: lines[1].dropFirst(5), as: UTF8.self)).flatMap { $0 > 1 ? $0 : nil }
    }
}
