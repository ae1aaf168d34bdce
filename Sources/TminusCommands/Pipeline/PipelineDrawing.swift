package import ArgumentParser
import TminusPipeline
import TminusReports

package struct PipelineDrawing: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draws a pipeline: in the terminal, as Mermaid, or as DOT.",
        discussion: "Example: tminus pipeline graph checkout.yaml --as mermaid"
    )

    /// What it is drawn for.
    package enum Form: String, ExpressibleByArgument, CaseIterable, Sendable { case terminal, mermaid, dot }

    @Argument(help: "The pipeline's file.", completion: .file(extensions: ["yaml"]))
    package var file: String

    @Option(name: .customLong("as"), help: "terminal, mermaid or dot.")
    package var form = Form.terminal

    package init() {}

    package func run() throws {
        let look = LookOptions.plain
        let plan = try PlanLoading.complaining(look) { try PipelineLoader.load(path: file).validate() }.plan
        switch form {
        case .terminal: Output.write(SafeText.lines(PipelineGraph.terminal(plan)) + "\n")
        case .mermaid: Output.write(PipelineGraph.mermaid(plan) + "\n")
        case .dot: Output.write(PipelineGraph.dot(plan) + "\n")
        }
    }
}
