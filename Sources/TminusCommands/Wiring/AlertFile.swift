import Glibc
package import TminusEngine
import TminusSQLite

/// `alerts.json` in the data directory: small, replaced by rename, and readable by people.
///
/// At most 16 MiB. A file of its own because it is neither history (the journal) nor rebuilt by the next scrape (the
/// samples).
package struct AlertFile: AlertStore {
    private static let bytesMax = 16 << 20
    let path: String

    package init(path: String) {
        self.path = path
    }

    package func read() async throws(EngineError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw refused("open", path) }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refused("read", path) }
            if count == 0 { return all }
            all += piece.prefix(count)
            guard all.count <= Self.bytesMax else {
                throw EngineError(.files, "\(path) has more than \(Self.bytesMax >> 20) MiB: that is no file of alerts")
            }
        }
    }

    package func keep(_ bytes: [UInt8]) async throws(EngineError) {
        try replace(with: bytes)
    }

    private func replace(with bytes: [UInt8]) throws(EngineError) {
        let fresh = path + ".new"
        try write(bytes, to: fresh)
        guard rename(fresh, path) == 0 else { throw refused("replace", path) }
    }

    /// As `<path>.unread`.
    package func setAside() async throws(EngineError) {
        guard rename(path, path + ".unread") == 0 || errno == ENOENT else { throw refused("move", path) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(EngineError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refused("write", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw refused("write", path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw refused("sync", path) }
    }

    private func refused(_ verb: String, _ path: String) -> EngineError {
        EngineError(.files, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}

// MARK: In backups of the journal

extension AlertFile {
    private static let name = "alerts.json"

    /// Nothing when no alert was ever kept.
    func enclosed() async throws(EngineError) -> [EnclosedFile] {
        guard let bytes = try await read() else { return [] }
        return [EnclosedFile(name: Self.name, bytes: bytes)]
    }

    /// Puts a backup's alerts in the place of those here, which stay beside them as `<path>.replaced`. Doing it twice
    /// changes nothing.
    func restore(_ enclosed: [EnclosedFile]) async throws {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let file = enclosed.first { $0.name == Self.name }
        if let file, (try? await read()) == file.bytes { return try DurableFile.sync(folder) }
        guard rename(path, path + ".replaced") == 0 || errno == ENOENT else { throw refused("move", path) }
        if let file { try DurableFile.write(file.bytes, to: path) }
        try DurableFile.sync(folder)
    }
}

extension DataDirectory {
    var alerts: AlertFile { AlertFile(path: path + "/alerts.json") }
}
