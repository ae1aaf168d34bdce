/// A pattern for whole names: `*` stands for any characters, `?` for one; everything else for itself.
package enum Glob {
    /// Takes at most the product of both lengths in steps, whatever the pattern.
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var position = 0
        var at = 0
        var star: (position: Int, at: Int)?
        while at < text.count {
            if position < pattern.count, pattern[position] == "*" {
                star = (position, at)
                position += 1
            } else if position < pattern.count, pattern[position] == "?" || pattern[position] == text[at] {
                position += 1
                at += 1
            } else if let last = star {
                star = (last.position, last.at + 1)
                position = last.position + 1
                at = last.at + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == "*" }
    }

    /// Whether any pattern matches; true for no patterns at all.
    package static func anyMatches(_ patterns: [String], _ text: String) -> Bool {
        patterns.isEmpty || patterns.contains { matches($0, text) }
    }
}
