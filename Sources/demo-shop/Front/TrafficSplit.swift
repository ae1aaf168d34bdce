/// Splits requests between two sides, evenly in time: at weight 25 exactly every fourth request goes to the candidate.
struct TrafficSplit: Equatable, Sendable {
    enum Side: String, Equatable, Sendable {
        case baseline
        case candidate
    }

    static let weightRange = 0...100

    /// Percent of requests for the candidate, in 0...100.
    private(set) var weight = 0
    private var owedToCandidate = 0

    /// Takes a new weight. A weight outside 0...100 is refused: returns false and changes nothing.
    mutating func setWeight(_ weight: Int) -> Bool {
        guard Self.weightRange.contains(weight) else { return false }
        if weight != self.weight {
            self.weight = weight
            owedToCandidate = 0
        }
        return true
    }

    /// Where the next request goes.
    mutating func next() -> Side {
        owedToCandidate += weight
        guard owedToCandidate >= 100 else { return .baseline }
        owedToCandidate -= 100
        return .candidate
    }
}
