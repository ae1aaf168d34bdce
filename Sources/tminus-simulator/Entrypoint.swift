import ArgumentParser
import TminusSimulation

@main
struct Simulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tminus-simulator",
        abstract: "Try the engine's core in simulated worlds.",
        subcommands: [Seeds.self, Measure.self, MeasureJudgement.self], defaultSubcommand: Seeds.self)
}

struct Seeds: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the engine's core in simulated worlds, and stop at the first broken invariant.",
        discussion: """
            Every seed is a plan, a world and its accidents; the same seed, options and commit give the same run, byte \
            for byte. docs/internals/simulation.md says what is simulated and what is checked.
            Example: tminus-simulator --seeds 100000 --first 1
            """)

    @Option(help: "How many seeds to run.") var seeds: UInt64 = 10_000
    @Option(help: "The first seed.") var first: UInt64 = 1
    @Option(help: "Stop after so many seconds, though seeds are left.") var seconds: Int?
    @Option(help: "Which faults to inject: none or all.") var faults: Simulation.Faults = .all
    @Option(help: "Plant a flaw, which the checkers must find.") var flaw: Flaw?
    @Option(help: "Lines of trace to print when an invariant is broken.") var tail = 80
    @Flag(help: "Print the trace of every seed.") var trace = false

    func validate() throws {
        guard seeds > 0, first <= UInt64.max - seeds else { throw ValidationError("--seeds must be at least 1") }
        guard tail >= 0 else { throw ValidationError("--tail must not be negative") }
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let simulation = Simulation(faults: faults, flaw: flaw)
        var tally = SeedTally()
        for seed in first..<(first + seeds) {
            if let seconds, clock.now - start > .seconds(seconds) { break }
            let report = simulation.run(seed: seed)
            tally.add(report)
            if trace || report.violation != nil {
                print(Simulation(faults: faults, flaw: flaw, isTraced: true).run(seed: seed).story(tail: tail))
            }
            if report.violation != nil {
                print(tally.text(elapsed: clock.now - start))
                throw ExitCode(1)
            }
        }
        print(tally.text(elapsed: clock.now - start))
    }
}

extension Simulation.Faults: ExpressibleByArgument {}
extension Flaw: ExpressibleByArgument {}
