package import TminusCore
import TminusJudgement
package import TminusModel

/// The canary's evidence over time, as the rule reckoned it.
package enum EvidenceChart {
    /// log10 of the evidence against 1/alpha (and 1/beta); empty for a rule that compares nothing.
    package static func chart(_ rule: Int, _ state: RunState, events: [Event]) -> Chart {
        let trail = EvidenceTrail(rule, events)
        let ten = 2.302_585_092_994_045_7
        let begin = state.rules[rule].openedAt ?? state.submittedAt
        func points(_ value: (RuleEvidence) -> Double) -> [Chart.Point] {
            trail.points.map {
                Chart.Point(BudgetHistory.minutes($0.at, since: begin), value($0.evidence) / ten)
            }
        }
        var chart = Chart(
            title: "\(state.run): evidence of \(state.plan.rules[rule].name)",
            xLabel: "minutes since the rule was opened", yLabel: "evidence, log10",
            series: [Chart.Series("evidence of harm", points(\.logHarm))])
        if let last = trail.points.last {
            let odds = Wording.decimal(last.evidence.convictsAt)
            chart.limits = [Chart.Limit("rolls back at \(odds) to 1", last.evidence.logConvicts / ten)]
            if let acquits = last.evidence.logAcquits {
                chart.series.append(Chart.Series("evidence of harmlessness", points(\.logHarmless)))
                if acquits != last.evidence.logConvicts {
                    let pass = Wording.decimal(last.evidence.acquitsAt ?? 0)
                    chart.limits.append(Chart.Limit("passes at \(pass) to 1", acquits / ten))
                }
            }
        }
        return chart
    }
}
