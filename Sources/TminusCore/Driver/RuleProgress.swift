import TminusJudgement
import TminusModel

/// What a rule's measurements have come to so far, so that each is weighed once and not again with every later one.
///
/// In memory only. What it says is recorded with each measurement; a driver that takes a run up makes it anew from the
/// measurements in the journal.
struct RuleProgress: Sendable {
    private var process: RateRatioProcess?
    private var absorbed = 0

    /// The judgement of all measurements of `state` and one more, which comes last.
    mutating func judgement(of rule: JudgingRule, _ state: RuleState, _ measurement: Measurement) -> Judgement {
        guard case .ratioAbove(let bound, let harmlessBelow) = rule.trip else {
            return rule.standing(of: state.history + [measurement]).judgement
        }
        var process: RateRatioProcess
        if let current = self.process, absorbed == state.measurements {
            process = current
        } else {
            process = RateRatioProcess(
                rule: RateRatioRule(
                    name: rule.name, ratioAbove: bound, harmlessBelow: harmlessBelow, samplesMin: rule.samplesMin,
                    errorLimit: rule.errorLimit))
            for earlier in state.history { process.absorb(Stratum(earlier)) }
        }
        process.absorb(Stratum(measurement))
        self.process = process
        absorbed = state.measurements + 1
        return process.standing.judgement
    }
}
