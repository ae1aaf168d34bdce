package import ArgumentParser
import Glibc
import TminusAPI
import TminusCore
import TminusModel
import TminusPipeline
import TminusReports

package struct BudgetShow: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Measures a pipeline's or a run's error budget now: what is left, its tiers, and every alert.",
        discussion: "Example: tminus budget show checkout.yaml"
    )

    @Argument(help: ArgumentHelp("A pipeline's file, or a run.", valueName: "file or run"))
    package var subject: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let subject = subject
        let options = options
        let (plan, reply) = try await Connection.use(options) { client in
            let plan = try await Self.plan(subject, client, options.look)
            return (plan, try await client.budget(of: plan))
        }
        let output = Output(options.look)
        if options.look.json { return output.print(reply.json) }
        if let policy = plan.budget, let measurement = reply.measurement {
            let every = plan.metrics?.every ?? .seconds(10)
            let lookbackMin = Duration.milliseconds(2 * min(every.milliseconds, Duration.longestMilliseconds))
            let standing = BudgetStanding(policy, measurement, lookbackMin: lookbackMin)
            return output.print(standing.lines(clock: LocalTime.clock(at: reply.at)))
        }
        let judgement = reply.judgement
        output.print(
            StyledLine(judgement.verdict.words, judgement.verdict.style).appending(": \(judgement.reason)"))
    }

    /// Of the file when there is one, else of the run.
    private static func plan(
        _ subject: String, _ client: EngineClient, _ look: LookOptions
    ) async throws -> TminusModel.Plan {
        if access(subject, F_OK) == 0 {
            return try PlanLoading.complaining(look) { try PipelineLoader.load(path: subject).validate() }.plan
        }
        return try await RunHistory.read(subject, client).state.plan
    }
}
