import Glibc

/// Files that say whom to trust: only their owner, who is us or root, may be able to write them.
enum TrustedFile {
    /// - Throws: `.noTrust`.
    static func read(_ path: String, what: String, limit: Int) throws(GitError) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw GitError(.noTrust, "the \(what) \(path) can't be read: \(String(cString: strerror(errno)))")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw GitError(
                .noTrust,
                "the \(what) \(path) belongs to another user, who could trust anybody; make it root's or yours")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw GitError(.noTrust, "the \(what) \(path) can be written by others; run `chmod go-w \(path)`")
        }
        guard let bytes = BoundedFile.read(path, limit: limit) else {
            throw GitError(.noTrust, "the \(what) \(path) can't be read, or has more than \(limit) bytes")
        }
        return bytes
    }
}
