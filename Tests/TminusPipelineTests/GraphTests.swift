import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct GraphTests {
    private func plan(_ file: String) throws -> Plan {
        try PipelineLoader.load(path: Repository.pipelines.appending(path: file).path).draft
    }

    @Test(arguments: ["hello", "steps"]) func graphsAreDrawnAsRecorded(_ name: String) throws {
        let plan = try plan(name + ".yaml")
        try expectGolden(PipelineGraph.terminal(plan), "graphs/\(name).txt")
        try expectGolden(PipelineGraph.mermaid(plan), "graphs/\(name).mmd")
        try expectGolden(PipelineGraph.dot(plan), "graphs/\(name).dot")
    }

    @Test func stepsThatMayRunTogetherShareAWave() throws {
        let text = """
            pipeline: demo
            environment: staging
            steps:
              a: {run: [x]}
              b: {run: [x], needs: []}
              c: {run: [x], needs: [a, b]}
              d: {run: [x], needs: [a]}
              e: {run: [x], needs: [c, d]}
            """
        let pipeline = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
        #expect(PipelineGraph.waves(of: pipeline.draft) == [1, 1, 2, 2, 3])
    }

    @Test func labelsCannotBreakOutOfTheirQuotes() throws {
        let text = """
            pipeline: demo
            environment: staging
            steps:
              a: {run: ["x\\"]; s9 [label=\\"\\\\", "<b>`#&"]}
            """
        let pipeline = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
        #expect(PipelineGraph.dot(pipeline.draft).contains(#"s0 [label="a\nrun x\"]; s9 [label=\"\\ <b>`#&"];"#))
        #expect(
            PipelineGraph.mermaid(pipeline.draft)
                .contains(#"s0["a<br/>run x#quot;]; s9 [label=#quot;\ #lt;b#gt;#96;#35;#amp;"]"#))
    }
}
