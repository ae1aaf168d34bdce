import Foundation

/// One small text file that other processes read while it is written: always replaced as a whole, by rename.
struct SmallFile: Sendable {
    let path: String

    /// The file's text without surrounding white space; nil when there is no such file or it isn't UTF-8.
    func read() -> String? {
        guard let bytes = FileManager.default.contents(atPath: path),
            let text = String(data: bytes, encoding: .utf8)
        else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Replaces the file. A reader sees the old text or the new one, never a mixture.
    func write(_ text: String) throws {
        do {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Refusal("cannot write \(path): \(error.localizedDescription); does its directory exist?")
        }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
