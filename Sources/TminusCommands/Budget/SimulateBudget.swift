package import ArgumentParser
import Foundation
import TminusModel
import TminusPipeline
import TminusReports

package struct SimulateBudget: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Replays a service's counts under a pipeline's budget: how often a step would have been held.",
        discussion: """
            Example: tminus budget simulate checkout.yaml --file counts.csv --every 1m

            The file holds one interval a line, good,total, oldest first; or JSON, [{"good": 998, "total": 1000}, ...].
            """
    )

    @Argument(help: ArgumentHelp("The pipeline's file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    package var pipeline: String

    @Option(name: .long, help: ArgumentHelp("The counts.", valueName: "file"))
    package var file: String

    @Option(name: .long, help: "How long each interval is, such as 1m.")
    package var every: LengthOption

    @Option(
        name: .long,
        help: ArgumentHelp("When the first interval begins, for a calendar window.", valueName: "2026-11-01T00:00:00Z"))
    package var from: String?

    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() async throws {
        let plan = try PlanLoading.complaining(look) { try PipelineLoader.load(path: pipeline).validate() }.plan
        guard let policy = plan.budget else { throw Failure(.badInput, "\(pipeline) says no error budget") }
        let start = try from.map { text in
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw Failure(.badInput, "'\(text)' is no time such as 2026-11-01T00:00:00Z")
            }
            return Instant(millisecondsSinceEpoch: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
        }
        let text = try TextFile.read(file)
        let simulation: BudgetSimulation
        do {
            simulation = try BudgetSimulation(
                try BudgetSimulation.intervals(text: text), every: every.length, policy: policy, from: start,
                findPeriod: { instant in policy.period.flatMap { PeriodFinder.period(of: $0, at: instant) } })
        } catch { throw Failure(.badInput, "\(file): \(error)") }
        let result = simulation.result()
        let output = Output(look)
        if look.json { output.print(simulation.json(result)) } else { output.print(simulation.lines(result)) }
    }
}
