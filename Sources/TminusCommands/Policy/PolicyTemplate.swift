package import ArgumentParser
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusReports

package struct PolicyTemplate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Prints the lines by which a policy lists a pipeline's steps as a standard change.",
        discussion: """
            Examples: tminus policy template pipelines/checkout.yaml
                      tminus policy template --repo git@host:checkout.git --tag v1.4.2 pipelines/checkout.yaml

            Put them into the policy (tminus policy check says where it is read from). The hash covers all that \
            decides what a run does, and the files that its steps run; not the values of inputs, the contacts, the \
            class of change or the type of release. A pipeline that is released from a tag brings its whole folder, so \
            its hash is another than the same file's on the disk: say --repo and --tag, of a tag that is to be allowed.
            """
    )

    @OptionGroup package var pipeline: PipelineOptions
    @OptionGroup package var tag: TagOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let plan = try await plan()
        let output = Output(options.look)
        let hash = plan.shapeHash
        if options.look.json {
            return output.print(.members(["pipeline": .string(plan.pipeline), "hash": .string(hash)]))
        }
        output.print([
            StyledLine("changes:"), StyledLine("  standard:"), StyledLine("    templates:"),
            StyledLine("      \(plan.pipeline): \(hash)"),
        ])
        let origin = plan.source.map { "as tag \($0.tag) has them" } ?? "as they are on the disk now"
        Output.complain(
            "for the steps of \(plan.pipeline) and their files \(origin); the pipeline says 'change: standard'. "
                + "Whatever changes in them makes a normal change until its new hash is in the policy")
    }

    /// From a tag it is resolved as a run would be; from the disk the inputs' values need not be known.
    private func plan() async throws -> TminusModel.Plan {
        if tag.repo != nil { return try await TagLoading.load(pipeline, tag, options).resolved.plan }
        let file = pipeline.file
        return try PlanLoading.complaining(options.look) { try PipelineLoader.load(path: file).validate() }.plan
    }
}
