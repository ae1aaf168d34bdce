package import ArgumentParser
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusReports

package struct PolicyTemplate: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Prints the hash by which a policy lists a pipeline's steps as a standard change.",
        discussion: """
            Example: tminus policy template pipelines/checkout.yaml

            The hash covers all that decides what a run does, and the files that its steps run; not the values of \
            inputs, the contacts, the class of change or the type of release.
            """
    )

    @Argument(help: "The pipeline's file.", completion: .file(extensions: ["yaml"]))
    package var pipeline: String

    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let resolved = try PlanLoading.complaining(look) { try PipelineLoader.load(path: pipeline).validate() }
        let output = Output(look)
        let hash = resolved.plan.shapeHash
        if look.json {
            return output.print(.members(["pipeline": .string(resolved.plan.pipeline), "hash": .string(hash)]))
        }
        output.print(StyledLine(hash))
    }
}
