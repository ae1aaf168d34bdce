import Glibc

/// The output of an attempt, readable while it runs: secrets already masked. Past its first four mebibytes nothing is
/// added until the end; then a line says how many bytes were dropped, and the last mebibyte follows.
package struct AttemptLog: Sendable {
    /// Most that one reading returns, in bytes.
    package static let readBytesMax = 1 << 20

    private let path: String

    /// - Parameter directory: The attempt's, relative to the data directory.
    package init(dataDirectory: String, directory: String) {
        path = "\(dataDirectory)/\(directory)/log"
    }

    /// Bytes from `offset` on, at most `limit` and `readBytesMax`. Empty at the end, and when nothing was written yet.
    ///
    /// - Throws: `SystemFault` when there is a log that can't be read.
    package func read(from offset: Int, limit: Int = AttemptLog.readBytesMax) throws(SystemFault) -> [UInt8] {
        let file: OpenFile
        do {
            // The step may have put a pipe there: opening that would wait for a writer for ever.
            file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.code == ENOENT { return [] }
            throw error
        }
        guard offset >= 0, limit > 0, file.regularSize != nil else { return [] }
        guard let bytes = file.read(limit: min(limit, Self.readBytesMax), from: offset) else {
            throw SystemFault(code: errno, doing: "read \(path)")
        }
        return bytes
    }

    /// Bytes there are now; 0 when nothing was written yet.
    package var size: Int {
        (try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK))?.regularSize ?? 0
    }
}
