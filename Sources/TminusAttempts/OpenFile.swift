import Glibc

/// A system call that failed, and what for: `cannot open /srv/x: Permission denied`.
package struct SystemFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Errno, > 0.
    package let code: Int32
    /// What could not be done, after "cannot": `open /srv/x`.
    package let doing: String

    package init(code: Int32, doing: String) {
        self.code = code
        self.doing = doing
    }

    package var description: String { "cannot \(doing): \(String(cString: strerror(code)))" }
}

/// An open file, close-on-exec, closed when nobody holds it any more.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemFault) {
        let opened = open(path, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw SystemFault(code: errno, doing: "open \(path)") }
        descriptor = opened
    }

    /// Creates a file for writing; nil when there is one already.
    init?(creating path: String) throws(SystemFault) {
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if opened < 0 {
            let code = errno
            if code == EEXIST { return nil }
            throw SystemFault(code: code, doing: "create \(path)")
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Size in bytes when it is a regular file; nil for anything else.
    var regularSize: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Reads at most `limit` bytes from `offset`; nil when reading fails.
    func read(limit: Int, from offset: Int = 0) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while count < limit, let base = buffer.baseAddress {
                let had = pread(descriptor, base + count, limit - count, off_t(offset + count))
                if had < 0, errno == EINTR { continue }
                failed = had < 0
                guard had > 0 else { break }
                count += had
            }
        }
        return failed ? nil : bytes
    }

    func write(_ bytes: [UInt8], path: String) throws(SystemFault) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Glibc.write(descriptor, $0 + done, bytes.count - done) } ?? 0
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw SystemFault(code: written < 0 ? errno : EIO, doing: "write \(path)") }
            done += written
        }
    }

    func synchronize(path: String) throws(SystemFault) {
        guard fsync(descriptor) == 0 else { throw SystemFault(code: errno, doing: "make durable \(path)") }
    }
}

/// Small files, whole.
enum SmallFile {
    /// The bytes of a regular file of at most `limit` bytes; nil when there is none, it is larger, or anything else.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), let size = file.regularSize,
            size <= limit
        else { return nil }
        return file.read(limit: size)
    }

    /// A file of the kernel's, which reports no size.
    static func readKernel(_ path: String) -> String? {
        guard let file = try? OpenFile(path, O_RDONLY), let bytes = file.read(limit: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Creates `path` holding `bytes`, whole or not at all.
    ///
    /// - Returns: False when it was there already.
    static func createExclusively(_ path: String, _ bytes: [UInt8], durable: Bool) throws(SystemFault) -> Bool {
        let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        defer { unlink(draft) }
        let file = try OpenFile(draft, O_WRONLY | O_CREAT | O_EXCL)
        try file.write(bytes, path: draft)
        if durable { try file.synchronize(path: draft) }
        if link(draft, path) != 0 {
            let code = errno
            guard code == EEXIST else { throw SystemFault(code: code, doing: "create \(path)") }
            return false
        }
        if durable { try synchronizeDirectory(of: path) }
        return true
    }

    static func synchronizeDirectory(of path: String) throws(SystemFault) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try OpenFile(parent, O_RDONLY | O_DIRECTORY).synchronize(path: parent)
    }

    /// Makes a directory and what is missing above it, mode 0700; fine when it exists.
    ///
    /// - Parameter isFirst: Most likely the one above it is missing, and is made first.
    static func makeDirectory(_ path: String, isFirst: Bool = false) throws(SystemFault) {
        if isFirst, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            // Whatever is wrong with it, the directory itself can't be made then either.
            _ = mkdir(String(path[..<slash]), 0o700)
        }
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw SystemFault(code: errno, doing: "make the directory \(path)")
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemFault(code: errno, doing: "make the directory \(path)")
        }
    }
}
