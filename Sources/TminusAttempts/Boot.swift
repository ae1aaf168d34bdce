import Glibc

/// Which start of the machine this is, and which starts a run has lived through.
///
/// Within one boot what a directory holds is the truth, written or not; across boots files may be missing that once
/// were there. So "no claim means never started" holds only for attempts that were certainly begun in this boot.
enum Boot {
    /// The kernel's identifier of this boot.
    static func current() throws(SystemFault) -> String {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let text = SmallFile.readKernel(path) else { throw SystemFault(code: ENOENT, doing: "read \(path)") }
        return String(text.prefix { !$0.isWhitespace })
    }

    /// Notes durably, before anything of a run starts, in which boot it first did: one fsync for a run.
    ///
    /// - Returns: Whether all the run ever started was started in this boot. Never true again once it was false.
    static func coversRun(_ directory: String, boot: String) throws(SystemFault) -> Bool {
        let path = "\(directory)/boot"
        if let first = SmallFile.read(path, limit: 256) { return first.elementsEqual(boot.utf8) }
        if try SmallFile.createExclusively(path, Array(boot.utf8), durable: true) { return true }
        return SmallFile.read(path, limit: 256)?.elementsEqual(boot.utf8) == true
    }
}
