import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct ExamplePipelineTests {
    static let files = (try? Repository.pipelineFiles()) ?? []

    @Test func theExamplesAreFound() throws {
        #expect(Self.files.count >= 4)
        #expect(Self.files.contains("hello.yaml"))
    }

    @Test(arguments: files) func everyExampleResolvesIntoItsGoldenPlanWithNoOtherWarningsThanRecorded(
        _ file: String
    ) throws {
        let pipeline = try PipelineLoader.load(path: Repository.pipelines.appending(path: file).path)
        let resolved = try pipeline.validate()
        if file.hasPrefix("slo/") {
            // Forms of other tools: what Tminus reads differently, it says.
            let text = resolved.warnings.map(\.text).joined(separator: "\n\n")
            let shown = text.replacing(Repository.pipelines.path(percentEncoded: false), with: "pipelines")
            try expectGolden(shown, "plans/" + file.replacing(".yaml", with: ".warnings.txt"))
        } else {
            #expect(resolved.warnings.map(\.text) == [])
        }
        var plan = resolved.plan
        #expect(try Plan(json: plan.json) == plan)
        plan.folder = "/pipelines"
        // Contents of scripts are their owners' business; that they are pinned, and as what, is ours.
        plan.files = plan.files.map {
            PinnedFile(path: $0.path, digest: String(repeating: "0", count: 64), size: 0, isExecutable: $0.isExecutable)
        }
        try expectGolden(plan.json.indented, "plans/" + file.replacing(".yaml", with: ".json"))
    }
}
