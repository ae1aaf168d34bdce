/// What a judgement concluded. Only `pass` passes; every other verdict keeps a forward step where it is.
///
/// The raw values are the names in the journal and on the wire, and never change.
package enum Verdict: String, Sendable, Equatable, CaseIterable {
    /// Shown good by enough data. Default action: go on.
    case pass
    /// Allowed, but close to a limit. Default action: a person must say go.
    case warning
    /// Shown bad by enough data. Default action: a gate holds; a judging rule rolls back.
    case fail
    /// Measured, but not enough to say either way. Default action: hold.
    case inconclusive
    /// Nothing was there to measure: no series, no requests, or not observed for long enough. Default action: hold.
    case noData
    /// The measurement itself failed or made no sense. Default action: retry, then ask a person.
    case error

    /// True for `pass` alone.
    package var passes: Bool { self == .pass }
}

/// A verdict, the sentence that says why, and the numbers it was made from. A conclusion: stored, never recomputed.
package struct Judgement: Equatable, Sendable {
    package let verdict: Verdict
    /// One sentence for people, never empty; names the number that decided and what would change the verdict.
    package let reason: String
    /// In the order to show them; may be empty when nothing could be measured.
    package let figures: [Figure]

    /// An empty reason is replaced by one that says that none was given, so that `reason` is never empty.
    package init(verdict: Verdict, reason: String, figures: [Figure] = []) {
        self.verdict = verdict
        self.reason = reason.isEmpty ? "\(verdict.rawValue), and no reason was given" : reason
        self.figures = figures
    }
}

/// One named number behind a judgement, as a value for programs and as text for people.
package struct Figure: Equatable, Sendable {
    /// In words, lower case, such as `remaining` or `burn rate 1h`.
    package let name: String
    /// Always finite; nil when there was no number (nothing measured, or a value beyond every finite one).
    package let value: Double?
    /// What people read, with its unit, such as `41.2%` or `2.1x`; `none` when there was no number.
    package let text: String

    /// A value that is not finite is dropped, and keeps only its text.
    package init(name: String, value: Double?, text: String) {
        self.name = name
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
        self.text = text
    }
}
