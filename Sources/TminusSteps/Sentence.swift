/// Text for people, kept short and printable.
enum Sentence {
    static let bytesMax = 400

    /// `text` on one line, control characters as spaces, cut to `limit` bytes at a character.
    static func cut(_ text: String, limit: Int = bytesMax) -> String {
        var result = ""
        var size = 0
        for scalar in text.unicodeScalars {
            let scalar = scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
            size += UTF8.width(scalar)
            guard size <= limit - 3 else { return result + "…" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// `one`, `one; two`, or `one; two; and 3 more`.
    static func list(_ problems: [String]) -> String {
        guard problems.count > 3 else { return problems.joined(separator: "; ") }
        return problems.prefix(2).joined(separator: "; ") + "; and \(problems.count - 2) more"
    }
}
