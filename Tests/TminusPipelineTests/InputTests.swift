import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct InputTests {
    static let text = """
        pipeline: demo
        environment: staging
        inputs:
          tag: {type: tag}
          count: {type: integer, default: 3}
          colour: {type: choice, options: [blue, green], default: blue}
        steps:
          one:
            run: [echo]
        """
    static let pin = TagPin(object: String(repeating: "a", count: 40), commit: String(repeating: "b", count: 40))

    private func resolve(_ inputs: [(name: String, value: String)]) throws -> Resolved {
        let pipeline = try PipelineLoader.load(bytes: Array(Self.text.utf8), file: "p.yaml", folder: "/nowhere")
        return try pipeline.resolve(inputs: inputs) { _, _ in Self.pin }
    }

    private func report(_ inputs: [(name: String, value: String)]) throws -> String {
        do {
            _ = try resolve(inputs)
            return ""
        } catch let error as DiagnosticsError {
            return error.description
        }
    }

    @Test func inputsArriveInTheOrderDeclaredWithDefaultsFilledIn() throws {
        let resolved = try resolve([("colour", "green"), ("tag", "v1.2.0")])
        #expect(
            resolved.plan.inputs == [
                PlanInput(name: "tag", kind: .tag, value: "v1.2.0", pin: Self.pin),
                PlanInput(name: "count", kind: .integer, value: "3"),
                PlanInput(name: "colour", kind: .choice, value: "green"),
            ])
        #expect(resolved.digest.utf8.count == 64)
        #expect(try resolve([("tag", "v1.2.0"), ("colour", "green")]).digest == resolved.digest)
        #expect(try resolve([("tag", "v1.2.1"), ("colour", "green")]).digest != resolved.digest)
    }

    @Test func theTagIsAskedOfTheRepositoryNamed() throws {
        let text = Self.text.replacing("{type: tag}", with: "{type: tag, repository: ../source}")
        let pipeline = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
        var asked: [String] = []
        _ = try pipeline.resolve(inputs: [("tag", "v1")]) { repository, tag in
            asked.append("\(repository) \(tag)")
            return Self.pin
        }
        #expect(asked == ["/nowhere/../source v1"])
    }

    @Test func everyWrongInputIsExplainedAtItsPlace() throws {
        try expectGolden(
            report([("tag", "v1$(id)"), ("colour", "gren"), ("count", "1.5"), ("collor", "blue"), ("tag", "v2")]),
            "inputs/wrong.txt")
        try expectGolden(report([]), "inputs/missing.txt")
    }

    @Test func aTagThatCannotBeResolvedIsExplained() throws {
        struct Missing: Error, CustomStringConvertible { let description = "no such tag" }
        let pipeline = try PipelineLoader.load(bytes: Array(Self.text.utf8), file: "p.yaml", folder: "/nowhere")
        let error = #expect(throws: DiagnosticsError.self) {
            try pipeline.resolve(inputs: [("tag", "v9")]) { _, _ in throw Missing() }
        }
        #expect(error?.diagnostics.map(\.message) == ["tag 'v9' cannot be resolved: no such tag"])
    }

    @Test(arguments: [
        "v1$(id)", "v1`id`", "v1;id", "v1|id", "v1&id", "-rf", "--upload-pack=x", "v1\u{202E}", "v 1", "v1\n", "", "é",
        "v1/../x", "'", "\"", String(repeating: "v", count: 129), "v1\0",
    ]) func hostileTagsNeverReachThePlan(_ tag: String) throws {
        #expect(try report([("tag", tag)]) != "")
    }

    @Test(arguments: ["v1.2.0", "1.0.0+build.5", "release-2026_11", String(repeating: "v", count: 128)])
    func ordinaryTagsDo(_ tag: String) throws {
        #expect(try report([("tag", tag)]) == "")
    }

    @Test func integersAndBooleansAndDigestsAreReadStrictly() {
        func fault(_ kind: PlanInput.Kind, _ value: String) -> Bool {
            let key = YAMLKey(text: "x", line: 1, column: 1)
            let spec = InputSpec(name: "x", kind: kind, fallback: nil, options: [], repository: "/", key: key)
            return spec.fault(in: value) != nil
        }
        for value in ["0", "-5", "9223372036854775807"] { #expect(!fault(.integer, value)) }
        for value in ["", "-", "-0", "007", "+1", "1e3", "9223372036854775808", "１"] { #expect(fault(.integer, value)) }
        for value in ["true", "false"] { #expect(!fault(.boolean, value)) }
        for value in ["yes", "TRUE", ""] { #expect(fault(.boolean, value)) }
        #expect(!fault(.digest, "sha256:" + String(repeating: "a", count: 64)))
        #expect(fault(.digest, "sha256:" + String(repeating: "A", count: 64)))
        #expect(!fault(.string, ""))
        #expect(!fault(.string, "日本 'quoted' $(id)"))
        #expect(fault(.string, "a\nb"))
        #expect(fault(.string, String(repeating: "a", count: 4_097)))
    }
}
