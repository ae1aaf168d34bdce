import Testing
import TminusModel

@testable import TminusJudgement

/// Values and objectives as files hold them.
struct JudgingFileTests {
    private let series = [CanarySeries(metric: "errors", experiment: [0.2, nil, 3], control: [0.1, nil])]

    @Test func seriesAreReadInBothShapes() throws {
        let ours = #"{"metrics": {"errors": {"baseline": [0.1, null], "candidate": [0.2, "NaN", 3]}}}"#
        #expect(try CanarySeries.list(parsing: ours) == series)
        let theirs = #"""
            [{"name": "errors", "id": "x", "tags": {},
              "values": {"control": [0.1, "NaN"], "experiment": [0.2, "Infinity", 3]}}]
            """#
        #expect(try CanarySeries.list(parsing: theirs) == series)
        #expect(try CanarySeries.list(parsing: #"{"metrics": {}}"#).isEmpty)
    }

    @Test(arguments: [
        ("{", "", "invalid JSON"), ("5", "", "expected an object"), ("{}", "", "expected an object with"),
        (#"{"metrics": 5}"#, "metrics", "expected an object"),
        (#"{"metrics": {"a": [1]}}"#, "metrics.a", "expected an object"),
        (#"{"metrics": {"a": {"baseline": [1]}}}"#, "metrics.a.candidate", "expected an array"),
        (
            #"{"metrics": {"a": {"baseline": [1, "1"], "candidate": []}}}"#, "metrics.a.baseline[1]",
            "expected a number"
        ),
        (#"[5]"#, "[0].name", "missing"), (#"[{"name": "a"}]"#, "[0].values.experiment", "expected an array"),
        (
            #"[{"name": "a", "values": {"control": [], "experiment": []}}, {"name": "a"}]"#, "[1].name",
            "same name"
        ),
    ])
    func badSeriesAreRefusedWithTheirPlace(_ text: String, _ path: String, _ reason: String) {
        do {
            _ = try CanarySeries.list(parsing: text)
            Issue.record("was read: \(text)")
        } catch { #expect(error.path == path && error.reason.contains(reason), "\(error)") }
    }

    @Test func keptnsObjectivesAreRead() throws {
        let json = try JSON(
            parsing: """
                {"spec_version": "1.0", "filter": {"id": "x"},
                 "comparison": {"compare_with": "several_results", "number_of_comparison_results": 2,
                                "aggregate_function": "p50"},
                 "objectives": [
                   {"sli": "latency", "pass": [{"criteria": ["<=+10%", "<600"]}], "warning": [{"criteria": ["<=800"]}],
                    "weight": 2, "key_sli": true},
                   {"sli": "throughput"}],
                 "total_score": {"pass": "90%", "warning": 75}}
                """)
        let card = try ScoreCard(json: json, name: "shop")
        var latency = ScoredObjective(
            name: "latency", pass: [[Criterion(.atMost, .percent(10)), Criterion(.below, .absolute(600))]],
            warning: [[Criterion(.atMost, .absolute(800))]])
        latency.weight = 2
        latency.isKey = true
        #expect(card.objectives == [latency, ScoredObjective(name: "throughput", pass: [])])
        #expect(card.passPercent == 90 && card.warningPercent == 75 && card.aggregate == .median)
        #expect(card.previousMax == 2 && card.firstRelease == .hold && card.onNoData == .hold)
        let text = #"{"values": {"latency": {"value": 219, "previous": [9, "NaN", 190, 210]}, "throughput": 5}}"#
        let values = try ScoredValue.list(json: JSON(parsing: text))
        let latencies = ScoredValue(name: "latency", value: 219, previous: [9, 190, 210])
        #expect(values == [latencies, ScoredValue(name: "throughput", value: 5)])
        // The newest two of three: 200, and ten percent more.
        let score = card.score(values)
        #expect(score.lines[0].previous == 200 && score.judgement.verdict == .pass)
    }

    @Test func withoutAComparisonTheNewestValueIsComparedWith() throws {
        let json = try JSON(parsing: #"{"objectives": [{"sli": "a", "pass": [{"criteria": ["<=+0"]}]}]}"#)
        let card = try ScoreCard(json: json, name: "x")
        #expect(card.score([ScoredValue(name: "a", value: 6, previous: [9, 5])]).judgement.verdict == .fail)
        #expect(card.score([ScoredValue(name: "a", value: 6, previous: [5, 9])]).judgement.verdict == .pass)
        #expect(card.score([ScoredValue(name: "a", value: 6)]).judgement.verdict == .inconclusive)
    }

    @Test(arguments: [
        ("[]", "", "expected an object"), ("{}", "objectives", "no objective"),
        (#"{"objectives": [{}]}"#, "objectives[0].sli", "missing"),
        (#"{"objectives": [{"sli": "a"}, {"sli": "a"}]}"#, "objectives[1].sli", "same name"),
        (#"{"objectives": [{"sli": "a", "weight": 0.5}]}"#, "objectives[0].weight", "whole number"),
        (
            #"{"objectives": [{"sli": "a", "pass": [{"criteria": ["nice"]}]}]}"#, "objectives[0].pass[0].criteria[0]",
            "expected a criterion"
        ),
        (#"{"objectives": [{"sli": "a", "pass": [{}]}]}"#, "objectives[0].pass[0].criteria", "missing or empty"),
        (#"{"objectives": [{"sli": "a"}], "total_score": {"pass": "many"}}"#, "total_score.pass", "percentage"),
        (
            #"{"objectives": [{"sli": "a"}], "total_score": {"pass": "50%", "warning": "60%"}}"#, "total_score",
            "above pass"
        ),
        (
            #"{"objectives": [{"sli": "a"}], "comparison": {"aggregate_function": "p99"}}"#,
            "comparison.aggregate_function", "expected one of"
        ),
    ])
    func badObjectivesAreRefusedWithTheirPlace(_ text: String, _ path: String, _ reason: String) throws {
        let json = try JSON(parsing: text)
        do {
            _ = try ScoreCard(json: json, name: "x")
            Issue.record("was read: \(text)")
        } catch { #expect(error.path == path && error.reason.contains(reason), "\(error)") }
    }

    @Test(arguments: [
        ("[]", "", "expected an object"), ("{}", "values", "missing"), (#"{"values": [1]}"#, "values", "an object"),
        (#"{"values": {"a": "many"}}"#, "values.a", "expected a number"),
        (#"{"values": {"a": {"value": 1, "previous": 2}}}"#, "values.a.previous", "an array"),
    ])
    func badValuesAreRefusedWithTheirPlace(_ text: String, _ path: String, _ reason: String) throws {
        let json = try JSON(parsing: text)
        do {
            _ = try ScoredValue.list(json: json)
            Issue.record("was read: \(text)")
        } catch { #expect(error.path == path && error.reason.contains(reason), "\(error)") }
    }
}
