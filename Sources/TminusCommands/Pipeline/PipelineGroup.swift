package import ArgumentParser

package struct PipelineGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "Checks pipelines, draws them, and prints the language's schema.",
        subcommands: [PipelineValidate.self, PipelineDrawing.self, PipelineSchemaCommand.self]
    )

    package init() {}
}
