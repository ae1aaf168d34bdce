import Testing
import TminusSimulation

/// Worlds over worlds, every action of them checked. docs/internals/simulation.md says what is simulated, and what is
/// checked; `tminus-simulator --first SEED --seeds 1` shows one of them.
@Suite struct SimulationTests {
    static let seeds: UInt64 = 10_000
    /// Each is one task; two cores are usual.
    static let parts: UInt64 = 8

    @Test func tenThousandSeedsBreakNothing() async {
        let tally = await withTaskGroup(of: SeedTally.self) { group in
            for part in 0..<Self.parts {
                group.addTask { Self.run(part) }
            }
            var all = SeedTally()
            for await tally in group { all.add(tally) }
            return all
        }
        #expect(tally.seeds == Int(Self.seeds))
        #expect(tally.faultless > 1_000)
        for kind in FaultCounts.Kind.allCases { #expect(tally.faults[kind] > 0, "\(kind) was never injected") }
        print(tally.text)
    }

    private static func run(_ part: UInt64) -> SeedTally {
        var tally = SeedTally()
        let simulation = Simulation()
        for seed in 1...Self.seeds where seed % Self.parts == part {
            let report = simulation.run(seed: seed)
            tally.add(report)
            if report.violation != nil {
                let story = Simulation(isTraced: true).run(seed: seed).story(tail: 60)
                Issue.record("seed \(seed) broke an invariant; tminus-simulator --first \(seed) --seeds 1\n\(story)")
                return tally
            }
        }
        return tally
    }

    @Test func theSameSeedGivesTheSameWorldLineByLine() {
        for seed in 1...30 as ClosedRange<UInt64> {
            let first = Simulation(isTraced: true).run(seed: seed)
            let second = Simulation(isTraced: true).run(seed: seed)
            #expect(first.trace == second.trace)
            #expect(first.digest == second.digest)
            #expect(first.digest == Simulation().run(seed: seed).digest)
        }
    }

    @Test func aWorldWithoutFaultsHasNone() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let report = Simulation(faults: .none).run(seed: seed)
            #expect(report.violation == nil, "seed \(seed): \(report.violation?.sentence ?? "")")
            #expect(report.faults[.engineCrashed] == 0)
            #expect(report.faults[.engineStarted] == 1)
        }
    }
}
