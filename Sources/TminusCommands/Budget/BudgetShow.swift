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
            let clock = LocalTime.clock(at: reply.at)
            return output.print(standing.lines(clock: clock) + reply.alerts.map { Self.line($0, clock) })
        }
        let judgement = reply.judgement
        output.print(
            StyledLine(judgement.verdict.words, judgement.verdict.style).appending(": \(judgement.reason)"))
    }

    /// What the engine saw of an alert over time.
    private static func line(_ alert: BudgetAlert, _ clock: WallClock) -> StyledLine {
        var text = alert.since.map { " since \(clock.full($0))" } ?? ""
        text += alert.unmeasuredSince.map { ", not measured since \(clock.full($0))" } ?? ""
        let style: Style =
            alert.state == "firing"
            ? .bad : alert.state == "pending" || alert.unmeasuredSince != nil ? .caution : .good
        return StyledLine("watched     \(alert.name.padded(to: 9)) ").appending(alert.state, style).appending(text)
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
