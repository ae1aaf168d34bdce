import TminusJudgement
package import TminusModel

/// What a rule's measurements have come to so far, so that each is weighed once and not again with every later one.
///
/// In memory only. What it says is recorded with each measurement; a driver that takes a run up makes it anew from the
/// measurements in the journal.
package struct RuleProgress: Sendable {
    private var process: RuleProcess?
    private var absorbed = 0

    package init() {}

    /// The judgement of all measurements of `state` and one more, which comes last.
    package mutating func judgement(
        of rule: JudgingRule, _ state: RuleState, _ measurement: Measurement
    ) -> Judgement {
        var process: RuleProcess
        if let current = self.process, absorbed == state.measurements {
            process = current
            self.process = nil
        } else {
            process = RuleProcess(rule, opened: state.openedAt ?? measurement.from)
            for earlier in state.history { process.absorb(earlier) }
        }
        process.absorb(measurement)
        let judgement = process.standing.judgement
        self.process = process
        absorbed = state.measurements + 1
        return judgement
    }
}
