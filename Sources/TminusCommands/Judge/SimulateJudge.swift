package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusPipeline
import TminusReports

package struct SimulateJudge: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Replays history in which nothing changed under a judging rule: how often it would roll back a good "
            + "release, and how often it would find a bad one.",
        discussion: """
            Example: tminus judge simulate checkout.yaml --rule errors --from checkout-11 --from checkout-12

            The file holds one interval a line: candidateGood,candidateTotal,baselineGood,baselineTotal; or JSON with \
            these names. Runs give what the rule of that name measured.
            """
    )

    @Argument(help: ArgumentHelp("The pipeline's file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    package var pipeline: String

    @Option(name: .long, help: "The rule; the first that compares when left out.")
    package var rule: String?

    @Option(name: .long, help: ArgumentHelp("Counts of both versions.", valueName: "file"))
    package var file: String?

    @Option(
        name: .long, parsing: .singleValue, help: ArgumentHelp("A run whose measurements are taken.", valueName: "run"))
    package var from: [String] = []

    @Option(name: .long, help: "The seed: the same one gives the same report.")
    package var seed: UInt64 = 1

    @Option(name: .long, help: "Releases drawn for each ratio, 1 to 100000.")
    package var runs = 2_000

    @Option(name: .long, help: "Intervals of one release, 1 to 10000.")
    package var intervals = 60

    @Option(name: .long, help: "Consecutive intervals that are drawn together, 1 to 10000.")
    package var block = 5

    @Option(name: .long, parsing: .singleValue, help: "A ratio of failures to look for; 1 is always looked at.")
    package var ratio: [Double] = []

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        if (file == nil) == from.isEmpty { throw ValidationError("give either --file or --from") }
        guard (1...100_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 100000") }
        guard (1...10_000).contains(intervals) else { throw ValidationError("--intervals must be from 1 to 10000") }
        guard (1...10_000).contains(block) else { throw ValidationError("--block must be from 1 to 10000") }
        guard ratio.allSatisfy({ $0 > 0 && $0 <= 1_000 }) else {
            throw ValidationError("--ratio must be above 0, at most 1000")
        }
    }

    package func run() async throws {
        let plan = try PlanLoading.complaining(options.look) { try PipelineLoader.load(path: pipeline).validate() }.plan
        let rule = try chosen(plan)
        let history = try await history(of: rule.name)
        guard !history.intervals.isEmpty else {
            throw Failure(.badInput, "nothing was measured of both versions by a rule named \(rule.name)")
        }
        var settings = JudgeSimulation.Settings()
        (settings.seed, settings.runs, settings.intervals, settings.block) = (seed, runs, intervals, block)
        if !ratio.isEmpty { settings.ratios = [1] + ratio.filter { $0 != 1 } }
        let simulation = JudgeSimulation(history, rule: rule, settings: settings)
        let results = simulation.results()
        let output = Output(options.look)
        options.look.json ? output.print(simulation.json(results)) : output.print(simulation.lines(results))
    }

    private func chosen(_ plan: TminusModel.Plan) throws(Failure) -> JudgingRule {
        let comparing = plan.rules.filter { $0.comparesWithBaseline && $0.durations == nil }
        guard let found = rule.map({ name in comparing.first { $0.name == name } }) ?? comparing.first else {
            let names = comparing.map(\.name).joined(separator: ", ")
            throw Failure(
                .badInput,
                comparing.isEmpty
                    ? "\(pipeline) has no judging rule that compares failures of two versions"
                    : "\(pipeline) has no such rule that compares failures of two versions; it has \(names)")
        }
        return found
    }

    private func history(of rule: String) async throws -> ArmHistory {
        if let file {
            let text = try TextFile.read(file)
            do { return try ArmHistory(text: text) } catch { throw Failure(.badInput, "\(file): \(error)") }
        }
        let from = from
        return try await Connection.use(options) { client in
            var intervals: [ArmHistory.Interval] = []
            for run in from {
                let journal = try await RunHistory.read(run, client)
                guard let index = journal.state.plan.rules.firstIndex(where: { $0.name == rule }) else {
                    throw Failure(.badInput, "\(run) has no rule named \(rule)")
                }
                intervals += ArmHistory(index, journal.events).intervals
            }
            return ArmHistory(intervals)
        }
    }
}
