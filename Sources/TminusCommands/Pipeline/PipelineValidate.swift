package import ArgumentParser
import TminusModel
import TminusPipeline
import TminusReports

package struct PipelineValidate: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks pipelines; with exit code 65 when something is wrong, and every mistake with its place.",
        discussion: "Example: tminus pipeline validate pipelines/*.yaml"
    )

    @Argument(help: "The pipelines' files.", completion: .file(extensions: ["yaml"]))
    package var files: [String]

    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let output = Output(look)
        var isSound = true
        for file in files {
            do {
                let resolved = try PipelineLoader.load(path: file).validate()
                say(file, resolved, output)
            } catch {
                isSound = false
                if look.json { output.print(error.json) } else { Output.complain(error.description) }
            }
        }
        if !isSound { throw Failure.silent(.badInput) }
    }

    private func say(_ file: String, _ resolved: Resolved, _ output: Output) {
        if look.json {
            return output.print(
                JSON.members([
                    "file": .string(file), "pipeline": .string(resolved.plan.pipeline),
                    "steps": .integer(resolved.plan.steps.count),
                    "diagnostics": .array(resolved.warnings.map(\.json)),
                ]))
        }
        for warning in resolved.warnings { Output.complain(warning.text) }
        let steps = resolved.plan.steps.count == 1 ? "1 step" : "\(resolved.plan.steps.count) steps"
        output.print(StyledLine("\(file): ").appending("sound", .good).appending(", \(steps)"))
    }
}
