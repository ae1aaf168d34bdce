/// The names of tags Tminus releases: letters, digits and `._+-`, starting with a letter or digit, at most 128 bytes;
/// as in git, without `..`, and without `.` or `.lock` at the end.
///
/// git itself allows `v1$(id)`, `-rf`, quotes and invisible characters; none of them gets past here.
package enum TagName {
    /// The longest name, in bytes.
    package static let bytesMax = 128

    /// Whether Tminus releases a tag of this name.
    package static func isAccepted(_ name: String) -> Bool {
        let bytes = Array(name.utf8.prefix(bytesMax + 1))
        guard let first = bytes.first, bytes.count <= bytesMax, isLetterOrDigit(first) else { return false }
        guard bytes.allSatisfy({ isLetterOrDigit($0) || punctuation.contains($0) }) else { return false }
        let dot = UInt8(ascii: ".")
        guard !zip(bytes, bytes.dropFirst()).contains(where: { $0 == dot && $1 == dot }) else { return false }
        return !name.hasSuffix(".") && !name.hasSuffix(".lock")
    }

    private static let punctuation = Array("._+-".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    static func refusal(_ name: String) -> GitError {
        GitError(
            .badTagName,
            "\"\(printable(name))\" can't be a tag to release: a name is letters, digits and . _ + -, "
                + "starts with a letter or digit, has at most \(bytesMax) bytes, no `..`, and no `.` or `.lock` at "
                + "its end"
        )
    }

    /// `name` with everything invisible or beyond ASCII written as `\u{…}`, cut to 64 characters: safe to print.
    static func printable(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(64) {
            if scalar.isASCII, scalar.value >= 0x20, scalar.value != 0x7F {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return name.unicodeScalars.count > 64 ? text + "…" : text
    }

    /// The `limit` names nearest to `name` by edit distance, nearest first, then by name; none further than half of it.
    static func nearest(to name: String, among names: [String], limit: Int) -> [String] {
        names.map { (name: $0, distance: distance(name, $0)) }
            .filter { $0.distance <= max(2, name.utf8.count / 2) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(limit).map(\.name)
    }

    /// Levenshtein, over bytes.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8.prefix(bytesMax))
        var row = Array(0...right.count)
        for (line, byte) in left.utf8.prefix(bytesMax).enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in right.indices {
                let substituted = diagonal + (right[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, min(row[column], row[column + 1]) + 1)
            }
        }
        return row[right.count]
    }
}
