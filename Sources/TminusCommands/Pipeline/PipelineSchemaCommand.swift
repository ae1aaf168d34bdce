package import ArgumentParser
import TminusModel
import TminusPipeline

package struct PipelineSchemaCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of the pipeline language, for editors.",
        discussion: "Example: tminus pipeline schema > pipeline.schema.json"
    )

    package init() {}

    package func run() { Output.write(PipelineSchema.json.indented + "\n") }
}
