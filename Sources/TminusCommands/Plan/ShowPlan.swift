package import ArgumentParser
import TminusAPI
import TminusModel
import TminusPipeline
import TminusReports

package struct ShowPlan: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a run would do: waves, gates with today's values, approvals, and the way back.",
        discussion: """
            Examples: tminus plan checkout.yaml --input version=v1.4.2
                      tminus plan --repo git@host:checkout.git --tag v1.4.2 pipelines/checkout.yaml
            """
    )

    @OptionGroup package var pipeline: PipelineOptions
    @OptionGroup package var tag: TagOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let loaded = try await TagLoading.load(pipeline, tag, options)
        let resolved = await KnownHistory.added(to: loaded.resolved, options)
        let plan = resolved.plan
        let gate = await TodaysGate.ask(plan, options)
        let now = LocalTime.now
        let report = PlanReport(
            plan, digest: loaded.resolved.digest, clock: LocalTime.clock(at: now), budget: gate.judgement,
            budgetUnknown: gate.unknown,
            windows: plan.phases.map { phase in phase.window.flatMap { WindowFinder.opening(of: $0, at: now) } },
            changes: loaded.tagged?.report(until: now))
        let output = Output(options.look)
        if options.look.json { output.print(report.json) } else { output.print(report.lines) }
    }
}

/// What a plan's gate would say now.
enum TodaysGate {
    /// Never throws: an engine that can't be asked is a reason, not the end of a plan.
    static func ask(
        _ plan: TminusModel.Plan, _ options: EngineOptions
    ) async -> (judgement: Judgement?, unknown: String?) {
        guard plan.budget != nil else { return (nil, nil) }
        guard plan.metrics != nil else { return (nil, "the plan says no metrics") }
        do {
            let reply = try await Connection.use(options) { client in try await client.budget(of: plan) }
            return (reply.judgement, nil)
        } catch {
            return (nil, "\(error)")
        }
    }
}
