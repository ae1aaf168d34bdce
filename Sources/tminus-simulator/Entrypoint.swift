import ArgumentParser
import TminusSimulation

@main
struct Simulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tminus-simulator",
        abstract: "Try the engine's core in simulated worlds.",
        subcommands: [Seeds.self, SearchBank.self, Measure.self, MeasureJudgement.self], defaultSubcommand: Seeds.self)
}

struct Seeds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the engine's core in simulated worlds, and stop at the first broken invariant.",
        discussion: """
            Every seed is a plan, a world and its accidents; the same seed, options and commit give the same run, byte \
            for byte. docs/internals/simulation.md says what is simulated and what is checked.
            Example: tminus-simulator --seeds 100000 --first 1
            """)

    @Option(help: "How many seeds to run.") var seeds: UInt64 = 10_000
    @Option(help: "The first seed.") var first: UInt64 = 1
    @Option(help: "How many parts to run at once, each on a processor.") var parts = 1
    @Option(help: "Stop after so many seconds, though seeds are left.") var seconds: Int?
    @Option(help: "Which faults to inject: none or all.") var faults: Simulation.Faults = .all
    @Option(help: "Plant a flaw, which the checkers must find.") var flaw: Flaw?
    @Option(help: "Lines of trace to print when an invariant is broken.") var tail = 80
    @Flag(help: "Print the trace of every seed.") var trace = false

    func validate() throws {
        guard seeds > 0, first <= UInt64.max - seeds else { throw ValidationError("--seeds must be at least 1") }
        guard (1...256).contains(parts) else { throw ValidationError("--parts must be from 1 to 256") }
        guard tail >= 0 else { throw ValidationError("--tail must not be negative") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let all = await withTaskGroup(of: Part.self) { group in
            for part in 0..<parts {
                group.addTask { runPart(part, since: start) }
            }
            var all = Part()
            for await part in group {
                all.tally.add(part.tally)
                if let seed = part.broken { all.broken = min(seed, all.broken ?? seed) }
            }
            return all
        }
        if let broken = all.broken { print(story(broken)) }
        print(all.tally.text(elapsed: ContinuousClock.now - start))
        if all.broken != nil { throw ExitCode(1) }
    }

    /// What one part of the seeds came to, and its first seed that broke something.
    private struct Part: Sendable {
        var tally = SeedTally()
        var broken: UInt64?
    }

    private func runPart(_ part: Int, since start: ContinuousClock.Instant) -> Part {
        let simulation = Simulation(faults: faults, flaw: flaw)
        var result = Part()
        for seed in stride(from: first + UInt64(part), to: first + seeds, by: parts) {
            if let seconds, ContinuousClock.now - start > .seconds(seconds) { break }
            let report = simulation.run(seed: seed)
            result.tally.add(report)
            if report.violation != nil {
                result.broken = seed
                break
            }
            if trace { print(story(seed)) }
        }
        return result
    }

    private func story(_ seed: UInt64) -> String {
        Simulation(faults: faults, flaw: flaw, isTraced: true).run(seed: seed).story(tail: tail)
    }
}

extension Simulation.Faults: ExpressibleByArgument {}
extension Flaw: ExpressibleByArgument {}
