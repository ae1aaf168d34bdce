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

    /// Notes durably, before anything of a run starts, in which boot it first did: one file for a run, durable by name.
    ///
    /// - Returns: Whether all the run ever started was started in this boot. Never true again once it was false.
    static func coversRun(_ directory: String, boot: String) throws(SystemFault) -> Bool {
        let path = "\(directory)/boot"
        if let first = SmallFile.read(path, limit: 256) { return first.elementsEqual(boot.utf8) }
        // First the names above it, up to the data directory: if a power cut took one of them, the next engine would
        // note its own boot here, and what had run would count as never started.
        let runs = directory.lastIndex(of: "/").map { String(directory[..<$0]) } ?? "."
        try SmallFile.synchronizeDirectory(of: runs)
        try SmallFile.synchronizeDirectory(of: directory)
        if try SmallFile.createExclusively(path, Array(boot.utf8), durable: true) { return true }
        return SmallFile.read(path, limit: 256)?.elementsEqual(boot.utf8) == true
    }
}
