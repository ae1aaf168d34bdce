package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusPipeline
import TminusReports

package struct BacktestJudge: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Judges what past runs measured by the rules and the budget of another pipeline: which it would have "
            + "stopped, and when.",
        discussion: "Example: tminus judge backtest --policy stricter.yaml --runs 20 --service checkout"
    )

    @Option(name: .long, help: ArgumentHelp("The pipeline with the other policy.", valueName: "file"))
    package var policy: String

    @Option(name: .long, help: "How many runs, the newest first, 1 to 1000.")
    package var runs = 20

    @Option(name: .long, help: "Only runs of this service; the policy's own when left out.")
    package var service: String?

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard (1...1_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 1000") }
    }

    package func run() async throws {
        let plan = try PlanLoading.complaining(options.look) { try PipelineLoader.load(path: policy).validate() }.plan
        let (service, limit) = (service ?? plan.service, runs)
        let tests = try await Connection.use(options) { client in
            var tests: [(test: Backtest, submitted: Instant)] = []
            for summary in try await client.runs(service: service, limit: limit) {
                let events = try await RunHistory.read(summary.run, client).events
                tests.append((Backtest(events, policy: plan), summary.submitted))
            }
            return tests
        }
        let output = Output(options.look)
        if options.look.json { return output.print(JSON.members(["runs": .array(tests.map(\.test.json))])) }
        guard !tests.isEmpty else { return Output.complain("no run of \(service) yet") }
        for (test, submitted) in tests { output.print(test.lines(clock: LocalTime.clock(at: submitted))) }
        let stopped = tests.count { $0.test.stop != nil }
        output.print(StyledLine("\(stopped) of \(tests.count) would have been stopped", .strong))
    }
}
