import ArgumentParser
import Foundation
import Testing
import TminusModel

@testable import TminusCommands

/// `judge canary` and `judge score`: files in, exit status out.
@Suite
final class JudgeFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tminus-judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The status that the command ends with, and what it said of it.
    private func end(_ arguments: [String]) -> Failure {
        do {
            var command = try TminusCommand.parseAsRoot(arguments + ["--json"])
            try command.run()
            return .silent(.succeeded)
        } catch let failure as Failure { return failure } catch { return Failure(.usage, "\(error)") }
    }

    private func canary(_ config: String, _ series: String) throws -> Failure {
        end(["judge", "canary", "--config", try file("config.json", config), "--data", try file("data.json", series)])
    }

    private let config = #"""
        {"name": "shop", "metrics": [{"name": "errors", "groups": ["Errors"],
          "analysisConfigurations": {"canary": {"direction": "increase"}}},
         {"name": "latency", "groups": ["Latency"]}, {"name": "cpu", "groups": ["Latency"]}],
         "classifier": {"scoreThresholds": {"pass": 95, "marginal": 50}}}
        """#

    /// Ten values each; `better` metrics are the same in both versions, `worse` ones higher in the candidate.
    private func series(worse: [String], better: [String]) -> String {
        let low = (1...10).map { "\(Double($0) + 0.1)" }.joined(separator: ", ")
        let same = (1...10).map { "\(Double($0) + 0.2)" }.joined(separator: ", ")
        let high = (21...30).map { "\($0)" }.joined(separator: ", ")
        let metrics =
            worse.map { #""\#($0)": {"baseline": [\#(low)], "candidate": [\#(high)]}"# }
            + better.map { #""\#($0)": {"baseline": [\#(low)], "candidate": [\#(same)]}"# }
        return #"{"metrics": {\#(metrics.joined(separator: ", "))}}"#
    }

    @Test func aCanarysExitStatusSaysPassFailOrNeither() throws {
        let all = ["errors", "latency", "cpu"]
        #expect(try canary(config, series(worse: [], better: all)).status == .succeeded)
        #expect(try canary(config, series(worse: all, better: [])).status == .failed)
        #expect(try canary(config, series(worse: ["cpu"], better: ["errors", "latency"])) == .silent(.waiting))
        #expect(try canary(config, #"{"metrics": {}}"#) == .silent(.waiting))
        #expect(try canary(config, "[]").status == .waiting)
    }

    @Test func badCanaryFilesSayWhereAndWhy() throws {
        let config = try canary(#"{"metrics": [{"name": "a"}]}"#, "[]")
        #expect(config.status == .badInput)
        let reason = "metrics[0].groups: a metric in no group is never scored; name one"
        #expect(config.description.hasSuffix("config.json: \(reason)"))
        let values = try canary(self.config, #"{"metrics": {"a": {"baseline": ["x"], "candidate": []}}}"#)
        #expect(values.status == .badInput)
        #expect(values.description.hasSuffix("data.json: metrics.a.baseline[0]: expected a number, null or \"NaN\""))
        let none = end(["judge", "canary", "--config", "/nowhere/a.json", "--data", "/nowhere/b.json"])
        #expect(none.status == .badInput && none.description.hasPrefix("/nowhere/a.json can't be read"))
        #expect(end(["judge", "canary", "--config", "a.json"]).status == .usage)
    }

    private func score(_ objectives: String, _ values: String) throws -> Failure {
        end([
            "judge", "score", "--objectives", try file("slo.yaml", objectives), "--values",
            try file("values.json", values),
        ])
    }

    private let objectives = """
        spec_version: "1.0"
        comparison:
          compare_with: several_results
          number_of_comparison_results: 2
          aggregate_function: avg
        objectives:
          - sli: latency
            key_sli: true
            pass:
              - criteria: ["<=+10%", "<600"]
          - sli: errors
            weight: 3
            pass:
              - criteria:
                  - <=1
            warning:
              - criteria:
                  - <=2.5
        total_score: {pass: 90%, warning: 60%}
        """

    @Test func aScoresExitStatusSaysPassFailOrNeither() throws {
        let latency = #""latency": {"value": 215, "previous": [1, 190, 210]}"#
        #expect(try score(objectives, #"{"values": {\#(latency), "errors": 0.5}}"#).status == .succeeded)
        #expect(try score(objectives, #"{"values": {\#(latency), "errors": 2}}"#) == .silent(.waiting))
        #expect(try score(objectives, #"{"values": {\#(latency), "errors": 9}}"#) == .silent(.failed))
        #expect(try score(objectives, #"{"values": {\#(latency), "errors": null}}"#) == .silent(.waiting))
        #expect(try score(objectives, #"{"values": {"latency": 215, "errors": 0.5}}"#) == .silent(.waiting))
        let slow = #"{"values": {"latency": {"value": 300, "previous": [200]}, "errors": 0.5}}"#
        #expect(try score(objectives, slow) == .silent(.failed))
    }

    @Test func badScoreFilesSayWhereAndWhy() throws {
        let objectives = try score("objectives: [{sli: a, pass: [{criteria: [nice]}]}]", "{}")
        #expect(objectives.status == .badInput)
        #expect(
            objectives.description.hasSuffix(
                "slo.yaml: objectives[0].pass[0].criteria[0]: expected a criterion such as “<=+10%”, “<600” or “>=-5”"))
        #expect(try score(self.objectives, "{}").description.hasSuffix("values.json: values: is missing"))
        #expect(try score("a: [", "{}") == .silent(.badInput))
        #expect(try score(self.objectives, #"{"values": {"latency": yes}}"#).status == .badInput)
    }

    @Test func verdictsHaveTheirExitStatus() {
        let statuses = Verdict.allCases.map { ExitStatus($0) }
        #expect(statuses == [.succeeded, .waiting, .failed, .waiting, .waiting, .failed])
    }
}
