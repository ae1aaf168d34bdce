import Glibc
package import TminusEngine

/// `alerts.json` in the data directory: small, replaced by rename, and readable by people.
///
/// A file of its own because it is neither history (the journal) nor rebuilt by the next scrape (the samples).
package struct AlertFile: AlertStore {
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
        }
    }

    package func keep(_ bytes: [UInt8]) async throws(EngineError) {
        let fresh = path + ".new"
        try write(bytes, to: fresh)
        guard rename(fresh, path) == 0 else { throw refused("replace", path) }
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
