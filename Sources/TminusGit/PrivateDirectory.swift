import Foundation

/// A directory nobody else can look into, gone with this value.
final class PrivateDirectory {
    let path: String

    /// - Throws: `.notWritable`.
    init() throws(GitError) {
        let parent = FileManager.default.temporaryDirectory.path
        var bytes = Array("\(parent)/tminus-git-XXXXXX".utf8CString)
        guard mkdtemp(&bytes) != nil else {
            throw GitError(.notWritable, "no directory can be made in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Returns: the new file's path.
    /// - Throws: `.notWritable`.
    func write(_ bytes: [UInt8], as name: String) throws(GitError) -> String {
        let file = path + "/" + name
        do {
            try Foundation.Data(bytes).write(to: URL(fileURLWithPath: file))
        } catch {
            throw GitError(.notWritable, "\(file) can't be written; check the space in \(path)")
        }
        return file
    }
}
