/// A shim as `/proc` shows it: never evidence that something may start, only ever against it.
package struct ShimProcess: Sendable {
    package let pid: Int32
    /// Of its attempt; absolute.
    package let directory: String

    /// Those whose attempts lie below a folder, or in it.
    package static func all(in folder: String) -> [ShimProcess] {
        FolderNames.all(in: "/proc").compactMap { name in
            guard let pid = Int32(name), pid > 1, let line = SmallFile.readKernel("/proc/\(name)/cmdline")
            else { return nil }
            // Its name, its folder, and nothing: made by the fork server it has more room than they fill.
            let words = line.split(separator: "\0", omittingEmptySubsequences: false)
            guard words.count > 2, words[2...].allSatisfy(\.isEmpty) else { return nil }
            guard words[1] == folder || words[1].hasPrefix(folder + "/") else { return nil }
            return ShimProcess(pid: pid, directory: String(words[1]))
        }
    }
}
