import Testing
import TminusCore
import TminusJudgement
import TminusModel
import TminusReports

@Suite struct JudgedReleaseTests {
    @Test func everyStoredVerdictFollowsFromItsInputs() {
        let (_, events) = JudgedRelease.run(ratio: 3)
        let replay = Replay(events)
        #expect(replay.findings.count > 5)
        #expect(replay.findings.allSatisfy { $0.isSame })
    }

    @Test func aVerdictThatDoesNotFollowIsShoutedAbout() {
        var (state, events) = JudgedRelease.run(ratio: 3)
        guard let index = events.firstIndex(where: { if case .ruleJudged = $0.body { true } else { false } }),
            case .ruleJudged(let rule, var measurement, let judgement) = events[index].body
        else {
            Issue.record("nothing was judged")
            return
        }
        measurement.subject = GoodTotal(good: 0, total: 300).map(ArmReading.counts) ?? measurement.subject
        events[index].body = .ruleJudged(rule: rule, measurement: measurement, judgement: judgement)
        state = RunState(folding: events) ?? state
        let lines = Explanation(state, events: events, now: state.lastAt, clock: .utc).ofRule(rule).map(\.text)
        #expect(lines.contains { $0.hasPrefix("JUDGED AGAIN, AND NOT THE SAME: ") })
        #expect(lines.contains { $0.contains("event \(events[index].sequence), the rule errors: stored") })
    }

    @Test func theExplanationOfARuleIsReplayed() {
        let (state, events) = JudgedRelease.run(ratio: 3)
        #expect(state.outcome == .rolledBack)
        let explanation = Explanation(state, events: events, now: state.lastAt, clock: .utc)
        Golden.check(explanation.ofRule(0).map(\.text), "explain-rule")
    }

    @Test func theHistoryOfABudgetTellsWhatEachStepCost() {
        let (state, events) = JudgedRelease.run(ratio: 3)
        let history = BudgetHistory(state, events: events)
        let pictures = history.burnDown.lines(columns: 80) + history.burnRates.lines(columns: 80)
        Golden.check((history.lines(clock: .utc) + pictures).map(\.text), "budget-history")
    }

    @Test func picturesAreTheSameEveryTime() {
        let (state, events) = JudgedRelease.run(ratio: 3)
        let history = BudgetHistory(state, events: events)
        Golden.picture(history.burnDown.svg, "burn-down")
        Golden.picture(history.burnRates.svg, "burn-rate")
        let evidence = EvidenceChart.chart(0, state, events: events)
        Golden.picture(evidence.svg, "evidence")
        Golden.check(evidence.lines(columns: 80).map(\.text), "evidence")
    }

    @Test func aPictureEscapesWhatItIsTold() {
        let chart = Chart(
            title: "<script>&\"'\u{1B}[2J", xLabel: "x", yLabel: "y", series: [Chart.Series("a<b", [Chart.Point(0, 1)])]
        )
        #expect(!chart.svg.contains("<script>"))
        #expect(chart.svg.contains("&lt;script&gt;&amp;&quot;&#39;"))
        #expect(!chart.svg.contains("\u{1B}"))
    }

    @Test(arguments: [
        [], [Chart.Point(0, .nan)], [Chart.Point(0, .infinity), Chart.Point(1, 5)], [Chart.Point(3, 3)],
        [Chart.Point(-1e300, 1), Chart.Point(0, -1e15)],
    ]) func aPictureOfOddNumbersIsDrawn(_ points: [Chart.Point]) {
        let chart = Chart(title: "t", xLabel: "x", yLabel: "y", series: [Chart.Series("s", points)])
        #expect(chart.svg.hasSuffix("</svg>\n"))
        #expect(!chart.lines(columns: 80).isEmpty)
    }

    @Test func aGoodReleaseKeepsItsEvidenceLow() {
        let (state, events) = JudgedRelease.run(ratio: 1)
        #expect(state.outcome == .succeeded)
        let trail = EvidenceTrail(0, events)
        #expect(trail.points.count >= 40)
        #expect(trail.points.allSatisfy { $0.evidence.logHarmMax < $0.evidence.logConvicts })
    }
}
