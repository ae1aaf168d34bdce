import Glibc

/// Reads files that are known to be small.
enum SmallFile {
    /// The bytes of the file; nil when it cannot be read or is longer than `bytesMax`.
    static func bytes(_ path: String, bytesMax: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            result.append(contentsOf: piece[..<count])
            if result.count > bytesMax { return nil }
        }
    }

    static func text(_ path: String, bytesMax: Int) -> String? {
        bytes(path, bytesMax: bytesMax).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last bytes of a file of any length, at most `bytesMax`; empty when it cannot be read.
    static func tail(_ path: String, bytesMax: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var piece = [UInt8](repeating: 0, count: bytesMax)
        let count = pread(descriptor, &piece, piece.count, max(0, size - off_t(bytesMax)))
        return count > 0 ? String(decoding: piece[..<count], as: UTF8.self) : ""
    }
}
