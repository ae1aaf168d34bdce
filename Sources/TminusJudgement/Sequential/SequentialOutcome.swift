/// What a sequential rule asks for, now.
package enum SequentialOutcome: String, Equatable, Sendable, CaseIterable {
    /// Harm beyond the margin is shown. Final.
    case rollBack
    /// Harmlessness within the margin is shown. May still become `rollBack` when it is watched on.
    case promote
    /// Neither yet. Can become any of the others.
    case goOn
    /// Neither, and the planned intervals are over. Can become `rollBack` or `promote` when it is watched on.
    case inconclusive
}
