import Testing
import TminusJudgement
import TminusModel
import TminusReports

/// What `judge canary` and `judge score` print.
@Suite struct JudgedFileTests {
    private func report() throws -> CanaryReport {
        let config = try CanaryConfig(
            parsing: """
                {"name": "shop", "metrics": [
                  {"name": "errors", "groups": ["Errors"], "analysisConfigurations": {"canary": {"critical": true}}},
                  {"name": "latency", "groups": ["Latency"]}, {"name": "few", "groups": ["Latency"]},
                  {"name": "none", "groups": ["Other"], "analysisConfigurations": {"canary": {"mute": true}}}]}
                """)
        return CanaryReport(
            CanaryJudge(config: config),
            [
                CanarySeries(metric: "errors", experiment: [11, 12, 13, 14, 15], control: [1, 2, 3, 4, 5]),
                CanarySeries(metric: "latency", experiment: [1, 3, 2], control: [3, 2, 1]),
                CanarySeries(metric: "few", experiment: [11, 12, 13], control: [1, 2, 3]),
            ])
    }

    @Test func aCanarySaysItsLabelItsVerdictAndItsNumbers() throws {
        Golden.check(try report().lines.map(\.text), "judged-canary")
    }

    @Test func aCanarysJSONHasEstimatesAndIntervals() throws {
        let json = try report().json
        #expect(json["label"] == .string("Fail") && json["score"] == .double(0))
        #expect(json["judgement"]?["verdict"] == .string("fail"))
        let errors = try #require(json["metrics"]?.elements?.first)
        #expect(errors["classification"] == .string("High") && errors["critical"] == .bool(true))
        #expect(errors["shift"]?["estimate"] == .double(10) && errors["shift"]?["lower"] == .double(7))
        #expect(json["metrics"]?.elements?[2]["unknown"] == .bool(true))
        #expect(try JSON(parsing: json.line) == json)
    }

    @Test func aScoreSaysEveryObjective() throws {
        let card = ScoreCard(
            name: "slo.yaml",
            objectives: [
                ScoredObjective(name: "latency", pass: [[Criterion(.atMost, .percent(10))]], isKey: true),
                ScoredObjective(
                    name: "errors", pass: [[Criterion(.atMost, .absolute(1))]],
                    warning: [[Criterion(.atMost, .absolute(2.5))]], weight: 3),
                ScoredObjective(name: "seen", pass: []),
            ])
        let report = ScoreReport(
            card.score([
                ScoredValue(name: "latency", value: 215, previous: [190, 210]), ScoredValue(name: "errors", value: 2),
            ]))
        #expect(
            report.lines.map(\.text) == [
                "fail: slo.yaml: 62.5% of the points, 75% needed",
                "  latency pass: 215, before 200, 1 of 1 point (key)",
                "  errors warning: 2, 1.5 of 3 points", "  seen not scored: not measured",
            ])
        #expect(report.json["score"] == .double(62.5))
        #expect(report.json["objectives"]?.elements?[1]["verdict"] == .string("warning"))
    }
}
