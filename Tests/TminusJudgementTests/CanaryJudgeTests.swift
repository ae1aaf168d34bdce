import Testing
import TminusModel

@testable import TminusJudgement

/// A config of one metric with `member` added.
private func withMember(_ member: String) -> String {
    #"{"metrics": [{"name": "a", "groups": ["g"], "# + member + "}]}"
}

struct CanaryJudgeTests {
    private static let text = """
        {"name": "shop", "judge": {"name": "NetflixACAJudge-v1.0"}, "metrics": [
          {"name": "errors", "query": {"type": "prometheus"}, "groups": ["Errors"], "analysisConfigurations": {"canary":
            {"direction": "increase", "critical": true, "nanStrategy": "replace",
             "effectSize": {"allowedIncrease": 1.1, "criticalIncrease": 1.5}}}},
          {"name": "latency", "groups": ["Latency"], "analysisConfigurations": {"canary": {"direction": "increase",
            "mustHaveData": true, "outliers": {"strategy": "remove"}}}},
          {"name": "cpu", "groups": ["System", "Latency"],
            "analysisConfigurations": {"canary": {"effectSize": {"measure": "cles", "allowedDecrease": 0.3}}}},
          {"name": "noise", "groups": ["System"], "analysisConfigurations": {"canary": {"mute": true}}}],
         "classifier": {"groupWeights": {"Errors": 50}, "scoreThresholds": {"pass": 90, "marginal": 60}}}
        """

    @Test func aConfigIsRead() throws {
        let config = try CanaryConfig(parsing: Self.text)
        #expect(config.name == "shop" && config.pass == 90 && config.marginal == 60)
        #expect(config.groupWeights == [.init(group: "Errors", weight: 50)])
        #expect(config.metrics.map(\.name) == ["errors", "latency", "cpu", "noise"])
        let errors = config.metrics[0]
        #expect(errors.direction == .increase && errors.isCritical && errors.missing == .replace)
        #expect(errors.effect.allowedIncrease == 1.1 && errors.effect.criticalDecrease == 1)
        #expect(config.metrics[1].outlierFactor == 3 && config.metrics[1].mustHaveData)
        #expect(config.metrics[2].effect.measure == .cles && config.metrics[2].effect.allowedDecrease == 0.3)
        #expect(config.metrics[2].effect.allowedIncrease == 0.5 && config.metrics[2].direction == .either)
        #expect(config.metrics[3].isMuted && config.metrics[3].missing == .remove)
    }

    @Test(arguments: [
        ("{", "", "invalid JSON"),
        ("[]", "", "expected an object"),
        ("{}", "metrics", "no metric"),
        (#"{"metrics": 5}"#, "metrics", "expected an array"),
        (#"{"metrics": [5]}"#, "metrics[0]", "expected an object"),
        (#"{"metrics": [{}]}"#, "metrics[0].name", "missing"),
        (#"{"metrics": [{"name": "a"}]}"#, "metrics[0].groups", "in no group"),
        (#"{"metrics": [{"name": "a", "groups": [1]}]}"#, "metrics[0].groups[0]", "expected text"),
        (
            #"{"metrics": [{"name": "a", "groups": ["g"]}, {"name": "a", "groups": ["g"]}]}"#, "metrics[1].name",
            "same name"
        ),
        (
            withMember(#""analysisConfigurations": {"canary": {"direction": "up"}}"#),
            "metrics[0].analysisConfigurations.canary.direction", "expected one of"
        ),
        (
            withMember(#""analysisConfigurations": {"canary": {"critical": "yes"}}"#),
            "metrics[0].analysisConfigurations.canary.critical", "true or false"
        ),
        (
            #"{"metrics": [{"name": "a", "groups": ["g"]}], "classifier": {"groupWeights": {"g": -1}}}"#,
            "classifier.groupWeights.g", "expected a number"
        ),
        (
            #"{"metrics": [{"name": "a", "groups": ["g"]}], "#
                + #""classifier": {"scoreThresholds": {"pass": 1, "marginal": 2}}}"#,
            "classifier.scoreThresholds", "marginal"
        ),
    ])
    func aHostileConfigIsRefusedWithItsPlace(_ text: String, _ path: String, _ reason: String) {
        do {
            _ = try CanaryConfig(parsing: text)
            Issue.record("was read: \(text)")
        } catch {
            #expect(error.path == path && error.reason.contains(reason), "\(error)")
        }
    }

    @Test func configsHaveLimits() {
        let metric = #"{"name": "a", "groups": ["g"]}"#
        let many = #"{"metrics": ["# + Array(repeating: metric, count: 1_001).joined(separator: ",") + "]}"
        #expect(throws: ConfigError(path: "metrics", reason: "has 1001 elements, at most 1000 are read")) {
            try CanaryConfig(parsing: many)
        }
        let long = #"{"metrics": [{"name": ""# + String(repeating: "x", count: 501) + #"", "groups": ["g"]}]}"#
        #expect(throws: ConfigError(path: "metrics[0].name", reason: "longer than 500 bytes")) {
            try CanaryConfig(parsing: long)
        }
        #expect(throws: ConfigError(path: "", reason: "longer than 4194304 bytes")) {
            try CanaryConfig(parsing: String(repeating: " ", count: 4_194_305))
        }
    }

    private func normal(_ count: Int, _ mean: Double, _ deviation: Double, seed: UInt64) -> [Double?] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in mean + deviation * generator.normal() }
    }

    private func judge(_ metrics: [CanaryMetric], _ series: [CanarySeries]) -> CanaryResult {
        CanaryJudge(config: CanaryConfig(metrics: metrics)).judge(series)
    }

    private func one(_ metric: CanaryMetric, _ experiment: [Double?], _ control: [Double?]) -> CanaryResult {
        judge([metric], [CanarySeries(metric: metric.name, experiment: experiment, control: control)])
    }

    private let metric = CanaryMetric(name: "m", groups: ["g"])

    @Test func shiftsAreHighAndLowAtAnyScale() {
        for scale in [1.0, 1e-6, 1e9] {
            let control = normal(60, 10 * scale, scale, seed: 91)
            let higher = normal(60, 14 * scale, scale, seed: 92)
            let same = normal(60, 10 * scale, scale, seed: 93)
            #expect(one(metric, higher, control).metrics[0].classification == .high)
            #expect(one(metric, control, higher).metrics[0].classification == .low)
            let equal = one(metric, same, control)
            #expect(equal.metrics[0].classification == .pass && equal.score == 100 && equal.label == .pass)
            #expect(equal.judgement.verdict == .pass)
            var increase = metric
            increase.direction = .increase
            #expect(one(increase, control, higher).metrics[0].classification == .pass)
            var effect = metric
            effect.effect.allowedIncrease = 2
            let small = one(effect, higher, control).metrics[0]
            #expect(small.classification == .pass && (small.effect ?? 0) > 1.3)
        }
    }

    @Test func smallSamplesUseTheExactDistribution() {
        let high = one(metric, [11, 12, 13, 14, 15], [1, 2, 3, 4, 5]).metrics[0]
        #expect(high.classification == .high && high.shift?.method == .exact && high.shift?.estimate == 10)
        let few = one(metric, [11, 12, 13], [1, 2, 3])
        #expect(few.metrics[0].classification == .pass && few.metrics[0].isUnknown)
        #expect(few.label == .pass && few.judgement.verdict == .inconclusive)
        #expect(
            few.metrics[0].reason == "3 and 3 values attain a confidence of 90% at most, 98% is asked for")
    }

    @Test func mostlyZeroIsJudgedBySuperiority() {
        var generator = SeededGenerator(seed: 94)
        func zeros(_ share: Double) -> [Double?] {
            (0..<200).map { _ in generator.uniform() < share ? 1e-4 * (1 + generator.uniform()) : 0 }
        }
        let quiet = zeros(0.05)
        let noisy = zeros(0.4)
        let high = one(metric, noisy, quiet).metrics[0]
        #expect(high.classification == .high && high.shift == nil)
        #expect((high.superiority?.superiority ?? 0) > 0.6)
        #expect(one(metric, zeros(0.05), quiet).metrics[0].classification == .pass)
    }

    @Test func constantsNeedNoNoise() {
        func constant(_ value: Double, _ count: Int) -> [Double?] { Array(repeating: value, count: count) }
        #expect(one(metric, constant(5, 9), constant(5, 7)).metrics[0].reason == "every value is the same")
        #expect(one(metric, constant(6, 20), constant(5, 20)).metrics[0].classification == .high)
        #expect(one(metric, constant(4, 20), constant(5, 20)).metrics[0].classification == .low)
        let few = one(metric, constant(6, 2), constant(5, 2)).metrics[0]
        #expect(few.classification == .pass && few.isUnknown)
        let identical = one(metric, [1, 3, 2], [3, 2, 1]).metrics[0]
        #expect(identical.reason == "the values are identical" && !identical.isUnknown)
    }

    @Test func missingValuesFollowKayentasRulesAndNeverPassSilently() {
        let some = normal(20, 5, 1, seed: 95)
        let none: [Double?] = [nil, .nan, nil]
        let missing = one(metric, none, some)
        #expect(missing.metrics[0].classification == .nodata && missing.score == 0 && missing.label == .fail)
        #expect(missing.judgement.verdict == .noData)
        var must = metric
        must.mustHaveData = true
        let failed = one(must, none, some)
        #expect(failed.metrics[0].classification == .nodataFailMetric && failed.judgement.verdict == .fail)
        var replaced = metric
        replaced.missing = .replace
        let empty = one(replaced, [], [])
        #expect(empty.metrics[0].classification == .pass && empty.label == .pass)
        #expect(empty.judgement.verdict == .inconclusive)
        var critical = metric
        critical.isCritical = true
        #expect(one(critical, none, some).metrics[0].isCriticalFailure)
        #expect(judge([metric], []).judgement.verdict == .noData)
    }

    @Test func outliersAreRemovedByTheFence() {
        var metric = metric
        let control = normal(60, 10, 1, seed: 96)
        let spiky = normal(59, 10, 1, seed: 97) + [1e6]
        metric.effect.allowedIncrease = 1.2
        #expect((one(metric, spiky, control).metrics[0].effect ?? 0) > 100)
        metric.outlierFactor = 3
        // One of 60 values is within the 99th percentile's reach, so the fence stands just below it.
        #expect((one(metric, spiky, control).metrics[0].effect ?? 0) < 1.2)
    }

    @Test func groupsAndWeightsMakeTheScore() throws {
        let config = try CanaryConfig(parsing: Self.text)
        let steady = normal(60, 10, 1, seed: 98)
        let higher = normal(60, 14, 1, seed: 99)
        let series = [
            CanarySeries(metric: "errors", experiment: steady, control: steady.reversed()),
            CanarySeries(metric: "latency", experiment: steady, control: normal(60, 10, 1, seed: 100)),
            CanarySeries(metric: "cpu", experiment: higher, control: steady),
            CanarySeries(metric: "noise", experiment: higher, control: steady),
        ]
        let result = CanaryJudge(config: config).judge(series)
        #expect(result.metrics.map(\.classification) == [.pass, .pass, .high, .high])
        #expect(result.groups.map(\.name) == ["Errors", "Latency", "System"])
        #expect(result.groups.map(\.weight) == [50, 25, 25])
        #expect(result.groups.map(\.score) == [100, 50, 0])
        #expect(result.score == 62.5 && result.label == .marginal && result.judgement.verdict == .warning)
        var bad = series
        bad[0].experiment = higher.map { $0.map { $0 * 3 } }
        let critical = CanaryJudge(config: config).judge(bad)
        #expect(critical.metrics[0].isCriticalFailure && critical.score == 0 && critical.label == .fail)
        #expect(critical.judgement.verdict == .fail)
        // The same inputs give the same result, which is what a replay hangs on.
        #expect(CanaryJudge(config: config).judge(bad) == critical)
    }
}
