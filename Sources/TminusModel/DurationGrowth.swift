/// What one arm's durations were over an interval; how many there were is the total of its `ArmReading`.
package struct DurationGrowth: Hashable, Sendable {
    /// Boundaries that one histogram may have.
    package static let boundariesMax = 200

    /// Upper bounds in seconds, ascending, finite; empty when only the sum was asked for.
    package let boundaries: [Double]
    /// How many took at most each boundary; ascending, ≥ 0.
    package let atMost: [Int64]
    /// All durations added up, ≥ 0; nil when it was not asked for.
    package let seconds: Double?

    /// Nil unless everything is as described.
    package init?(boundaries: [Double] = [], atMost: [Int64] = [], seconds: Double? = nil) {
        guard boundaries.count == atMost.count, boundaries.count <= Self.boundariesMax,
            boundaries.allSatisfy(\.isFinite), zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0.0 < $0.1 }),
            zip(atMost, atMost.dropFirst()).allSatisfy({ $0.0 <= $0.1 }), atMost.first ?? 0 >= 0,
            seconds.map({ $0.isFinite && $0 >= 0 }) ?? true
        else { return nil }
        self.boundaries = boundaries
        self.atMost = atMost
        self.seconds = seconds
    }
}
