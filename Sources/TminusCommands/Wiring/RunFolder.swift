import Glibc
import TminusAttempts
package import TminusEngine

/// All that is kept of one run beside its journal: `runs/<run>`.
struct RunFolder {
    let directory: DataDirectory
    let run: String

    private var path: String { "\(directory.runs)/\(run)" }

    /// Whether a shim of it still lives.
    var isBusy: Bool { !LostAttempts(runs: directory.runs).live(in: run).isEmpty }

    /// Nil when a shim of it still lives. Links are removed and never followed: a step may have put any there.
    ///
    /// - Throws: `.files` naming what could not be removed.
    func remove() throws(EngineError) -> Int64? {
        var status = stat()
        if lstat(path, &status) != 0, errno == ENOENT { return 0 }
        if isBusy { return nil }
        var bytes: Int64 = 0
        try remove(path, freed: &bytes)
        // What finds it again goes next: a power cut must not bring the folder back then.
        do throws(Failure) { try DurableFile.sync(directory.runs) } catch {
            throw EngineError(.files, error.description)
        }
        return bytes
    }

    private func remove(_ path: String, freed: inout Int64) throws(EngineError) {
        var status = stat()
        if lstat(path, &status) != 0 {
            if errno == ENOENT { return }
            throw refused(path)
        }
        freed = freed.addingReportingOverflow(Int64(status.st_blocks) * 512).partialValue
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unlink(path) == 0 || errno == ENOENT else { throw refused(path) }
            return
        }
        // A step may have shut its own folder.
        if status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
        for name in FolderNames.all(in: path) { try remove("\(path)/\(name)", freed: &freed) }
        guard rmdir(path) == 0 || errno == ENOENT else { throw refused(path) }
    }

    private func refused(_ path: String) -> EngineError {
        EngineError(.files, "cannot remove \(path): \(String(cString: strerror(errno)))")
    }
}

extension RunFiles {
    package func hasAttempts(_ run: String) async -> Bool {
        FolderNames.all(in: "\(directory.runs)/\(run)").contains { $0 != "files" }
    }

    package func isBusy(_ run: String) async -> Bool { RunFolder(directory: directory, run: run).isBusy }

    package func remove(_ run: String) async throws(EngineError) -> Int64? {
        try RunFolder(directory: directory, run: run).remove()
    }
}
