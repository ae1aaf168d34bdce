/// "Did you mean": the candidate a person most likely meant.
package enum Nearest {
    /// Longer words than this are not compared: nobody mistypes them by one letter, and the cost grows as the square.
    private static let lengthMax = 64
    private static let candidatesMax = 2_000

    /// The candidate within a third of the word's length in edits (at least one), nearest first, then first listed.
    package static func name(to word: String, in candidates: [String]) -> String? {
        let wanted = Array(word.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= lengthMax else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates.prefix(candidatesMax) {
            let other = Array(candidate.lowercased().utf8)
            let allowed = max(1, max(wanted.count, other.count) / 3)
            guard other.count <= lengthMax, abs(other.count - wanted.count) <= allowed else { continue }
            let found = distance(wanted, other)
            if found <= allowed, found < best?.distance ?? .max { best = (candidate, found) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1], current[column]) + 1
                cost = min(cost, previous[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, older[column - 1] + 1)
                }
                current.append(cost)
            }
            older = previous
            previous = current
        }
        return previous.last ?? 0
    }
}

extension Nearest {
    /// `did you mean 'needs'?`, or the sentence given when nothing is near.
    package static func fix(for word: String, in candidates: [String], otherwise: String) -> String {
        if let name = name(to: word, in: candidates) { return "did you mean '\(name)'?" }
        return otherwise
    }
}

/// `a, b or c`; at most a dozen, then how many more.
package func listed(_ names: [String], joinedBy word: String = "or") -> String {
    let shownMax = 24
    guard names.count <= shownMax else {
        return names.prefix(shownMax).joined(separator: ", ") + " and \(names.count - shownMax) more"
    }
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(word) " + last
}
