import Synchronization
package import TminusModel
package import TminusPipeline
package import TminusPorts

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The policy in a file, read again when the file changes. Safe to use from any thread.
///
/// A file that is missing is no policy; one that is wrong, or that others than its owner could have written, gives no
/// answers, only `.unreadable`.
package final class PolicyFile: ChangePolicy {
    /// Absolute; the first that is there counts.
    package let paths: [String]
    /// Whether it must be there: whoever names a policy does not want to go on without it.
    private let isRequired: Bool
    let calendar = FreezeCalendar()
    private let last = Mutex<Reading?>(nil)

    /// 1 MiB.
    package static let sizeMax = SourceReader.sizeMax
    package static let name = "tminus.yaml"
    package static let systemPath = "/etc/tminus/tminus.yaml"

    /// What tells one state of a file from another.
    private struct Identity: Equatable {
        var path: String
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
        var owner: UInt32
        var mode: UInt32
    }

    private struct Reading {
        var identity: Identity
        var result: Result<Policy, PolicyFault>
    }

    package init(paths: [String], isRequired: Bool = false) {
        self.paths = paths
        self.isRequired = isRequired
    }

    /// The policy of an engine: `named` (`TMINUS_POLICY`, an absolute path) and no other, else `tminus.yaml` in its
    /// data directory, else the system's. Never one of the working directory.
    ///
    /// - Throws: for a `named` that is not absolute.
    package static func standard(dataDirectory: String, named: String?) throws(PolicyFault) -> PolicyFile {
        guard let named, !named.isEmpty else { return PolicyFile(paths: ["\(dataDirectory)/\(name)", systemPath]) }
        guard named.hasPrefix("/") else {
            throw PolicyFault(.unreadable, "TMINUS_POLICY must be an absolute path, not '\(named)'")
        }
        return PolicyFile(paths: [named], isRequired: true)
    }

    /// The policy in force; nil where no file is there. - Throws: `.unreadable` with the place of the first mistakes.
    package func policy() throws(PolicyFault) -> Policy? {
        for path in paths {
            guard let descriptor = try Self.opened(path) else { continue }
            defer { close(descriptor) }
            return try policy(path, descriptor)
        }
        if let missing { throw missing }
        return nil
    }

    /// Where it is read from; nil where no file is there.
    package var path: String? { paths.first { access($0, F_OK) == 0 } }

    /// The same anew, with its warnings and its path, for people who ask what is wrong with it.
    ///
    /// - Throws: `DiagnosticsError` with everything that is wrong with the text, `PolicyFault` for the rest.
    package func found() throws -> (policy: Policy, warnings: [Diagnostic], path: String)? {
        for path in paths {
            guard let descriptor = try Self.opened(path) else { continue }
            defer { close(descriptor) }
            try Self.checkOwner(path, try Self.status(path, descriptor))
            let bytes = try Self.contents(path, descriptor)
            let (policy, warnings) = try PolicyLoader.load(bytes: bytes, file: path)
            return (policy, warnings, path)
        }
        if let missing { throw missing }
        return nil
    }

    /// Any file, whoever it belongs to: one that is being written. - Throws: as `found`.
    package static func load(path: String) throws -> (policy: Policy, warnings: [Diagnostic]) {
        guard let descriptor = try opened(path) else {
            throw PolicyFault(.unreadable, "there is no file \(path)")
        }
        defer { close(descriptor) }
        _ = try status(path, descriptor)
        return try PolicyLoader.load(bytes: try contents(path, descriptor), file: path)
    }

    // MARK: - Reading

    private var missing: PolicyFault? {
        guard isRequired, let path = paths.first else { return nil }
        return PolicyFault(.unreadable, "no policy at \(path), which TMINUS_POLICY names; put it there")
    }

    private static func status(_ path: String, _ descriptor: Int32) throws(PolicyFault) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PolicyFault(.unreadable, "the policy \(path) is not a regular file")
        }
        return status
    }

    /// Nil when there is no such file.
    private static func opened(_ path: String) throws(PolicyFault) -> Int32? {
        // Not waiting: opening a pipe that nobody writes to would hang.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw PolicyFault(.unreadable, "cannot read the policy \(path): \(String(cString: strerror(code)))")
    }

    private func policy(_ path: String, _ descriptor: Int32) throws(PolicyFault) -> Policy {
        let status = try Self.status(path, descriptor)
        let identity = Self.identity(path, status)
        if let reading = last.withLock({ $0 }), reading.identity == identity { return try reading.result.get() }
        let result = Self.read(path, descriptor, status)
        last.withLock { $0 = Reading(identity: identity, result: result) }
        return try result.get()
    }

    private static func identity(_ path: String, _ status: stat) -> Identity {
        Identity(
            path: path, device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size), seconds: status.modified.tv_sec, nanoseconds: status.modified.tv_nsec,
            owner: status.st_uid, mode: UInt32(status.st_mode))
    }

    private static func read(_ path: String, _ descriptor: Int32, _ status: stat) -> Result<Policy, PolicyFault> {
        do throws(PolicyFault) {
            try checkOwner(path, status)
            let bytes = try contents(path, descriptor)
            do throws(DiagnosticsError) {
                return .success(try PolicyLoader.load(bytes: bytes, file: path).policy)
            } catch {
                return .failure(PolicyFault(.unreadable, error.briefly))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Whoever can write the policy can grant themselves everything.
    private static func checkOwner(_ path: String, _ status: stat) throws(PolicyFault) {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw PolicyFault(
                .unreadable,
                "the policy \(path) belongs to user \(status.st_uid), not to the engine's account "
                    + "(\(geteuid())) or root; run: chown \(geteuid()) \(path)")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw PolicyFault(
                .unreadable, "the policy \(path) can be written by others than its owner; run: chmod go-w \(path)")
        }
    }

    private static func contents(_ path: String, _ descriptor: Int32) throws(PolicyFault) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= sizeMax {
            let count = piece.withUnsafeMutableBytes { TminusPolicy.read(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw PolicyFault(.unreadable, "cannot read the policy \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
        throw PolicyFault(.unreadable, "the policy \(path) is larger than \(sizeMax) bytes (1 MiB)")
    }
}

private func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #else
    Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
}

extension stat {
    fileprivate var modified: timespec {
        #if canImport(Glibc)
        st_mtim
        #else
        st_mtimespec
        #endif
    }
}

extension DiagnosticsError {
    /// The first three mistakes, a sentence each with its place.
    package var briefly: String {
        let shown = diagnostics.filter { $0.severity == .error }.prefix(3).map {
            "\($0.file):\($0.line):\($0.column): \($0.message); \($0.fix)"
        }
        let more = diagnostics.count + omitted - shown.count
        return shown.joined(separator: "\n") + (more > 0 ? "\nand \(more) more; see `tminus policy check`" : "")
    }
}
