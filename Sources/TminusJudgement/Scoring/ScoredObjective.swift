/// What one number of a scored release is worth.
package struct ScoredObjective: Equatable, Sendable {
    package var name: String
    /// Any of these passes, when all criteria in it hold. Empty: the number is shown, and not scored.
    package var pass: [[Criterion]]
    /// Likewise, for half the weight.
    package var warning: [[Criterion]]
    /// Points for a pass, ≥ 0.
    package var weight: Int
    /// When it fails, the release fails, whatever the score.
    package var isKey: Bool

    package init(
        name: String, pass: [[Criterion]], warning: [[Criterion]] = [], weight: Int = 1, isKey: Bool = false
    ) {
        self.name = name
        self.pass = pass
        self.warning = warning
        self.weight = weight
        self.isKey = isKey
    }
}

/// A number that was measured for an objective.
package struct ScoredValue: Equatable, Sendable {
    package var name: String
    /// Nil, NaN and infinities: nothing was measured.
    package var value: Double?
    /// Of earlier releases, for relative criteria; may be empty.
    package var previous: [Double]

    package init(name: String, value: Double?, previous: [Double] = []) {
        self.name = name
        self.value = value
        self.previous = previous
    }
}
