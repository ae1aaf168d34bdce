import Testing
import TminusCore
import TminusModel

/// Which finished runs go, and which never do.
@Suite struct PruneChoiceTests {
    private static let now = Instant(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let day = Duration.seconds(86_400)

    private func summary(_ run: String, daysAgo: Int = 100, pipeline: String = "checkout") -> RunSummary {
        let ended = Self.now.advanced(by: .zero - .seconds(86_400 * Int64(daysAgo)))
        return RunSummary(
            run: run, pipeline: pipeline, service: "shop", environment: "production", status: .ended(.succeeded),
            by: "ada", submitted: ended, ended: ended)
    }

    private func sparings(
        _ order: PruneOrder, _ guarded: PruneChoice.Guarded = .init(), _ runs: [RunSummary]
    ) -> [PruneSparing?] {
        var choice = PruneChoice(order, guarded: guarded, now: Self.now)
        return runs.enumerated().map { choice.sparing($0.element, isNewest: $0.offset == 0) }
    }

    @Test func ageAndNumberMustBothAllowIt() {
        let runs = (0..<5).map { summary("r\($0)", daysAgo: 80 + 5 * $0) }
        let order = PruneOrder(olderThan: .seconds(90 * 86_400), keep: 4, takesPastCosts: true)
        #expect(sparings(order, runs) == [.newest, .kept, .kept, .kept, nil])
        let old = PruneOrder(olderThan: .seconds(90 * 86_400), keep: nil, takesPastCosts: true)
        #expect(sparings(old, runs) == [.newest, .young, .young, nil, nil])
        let few = PruneOrder(olderThan: nil, keep: 2, takesPastCosts: true)
        #expect(sparings(few, runs) == [.newest, .kept, nil, nil, nil])
        #expect(sparings(PruneOrder(olderThan: nil, keep: nil), runs).allSatisfy { $0 != nil })
    }

    private func sparings(_ order: PruneOrder, _ runs: [RunSummary]) -> [PruneSparing?] {
        sparings(order, .init(), runs)
    }

    @Test func eachPipelineKeepsItsOwn() {
        let runs = (0..<6).map { summary("r\($0)", pipeline: $0 % 2 == 0 ? "checkout" : "cart") }
        let order = PruneOrder(olderThan: nil, keep: 1, takesPastCosts: true)
        #expect(sparings(order, runs) == [.newest, .kept, nil, nil, nil, nil])
    }

    @Test func whatForecastsAreMadeFromStaysUnlessAsked() {
        let runs = (0..<40).map { summary("r\($0)") }
        let spared = sparings(PruneOrder(olderThan: Self.day, keep: nil), runs)
        #expect(spared[1..<30].allSatisfy { $0 == .pastCosts })
        #expect(spared[30...].allSatisfy { $0 == nil })
    }

    @Test func whatIsGuardedStays() {
        let runs = (0..<6).map { summary("r\($0)") }
        var guarded = PruneChoice.Guarded()
        guarded.goingBack = ["r1"]
        guarded.reviewed = ["r2"]
        guarded.byLiveRuns = ["r3"]
        guarded.busy = ["r4"]
        let order = PruneOrder(olderThan: Self.day, keep: 0, takesPastCosts: true)
        #expect(sparings(order, guarded, runs) == [.newest, .goingBack, .review, .liveRun, .stillBusy, nil])
    }

    /// 2,000 histories of releases, failures and rollbacks, finished and not: whatever is pruned, each way back that
    /// there was before is still whole.
    @Test func noWayBackIsEverCut() throws {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<2_000 {
            let records = history(&random)
            let stack = ReleaseStack(records)
            var guarded = PruneChoice.Guarded()
            guarded.goingBack = Set(PruneChoice.needed(of: stack))
            var choice = PruneChoice(
                PruneOrder(olderThan: nil, keep: random.below(3), takesPastCosts: true), guarded: guarded, now: Self.now
            )
            var gone: Set<String> = []
            for (index, record) in records.enumerated() {
                let spared = choice.sparing(summary(record.run), isNewest: index == 0)
                if spared == nil { gone.insert(record.run) }
            }
            // The last good release stays, whatever lies on it.
            if let good = stack.entries.last(where: \.isGood) { #expect(!gone.contains(good.record.run)) }
            // The releases stay known, so the stack is what it was; what the way back reads must be there.
            for isUnderLive in [false, true] {
                guard
                    let way = try? stack.wayBack(
                        to: nil, of: "shop", forced: stack.entries.last?.unfinished.last, isUnderLive: isUnderLive)
                else { continue }
                for entry in way.undone + [way.restored].compactMap({ $0 }) {
                    #expect(!gone.contains(entry.record.run), "\(entry.record.run) of \(records.map(\.run))")
                    #expect(gone.isDisjoint(with: entry.unfinished))
                }
            }
        }
    }

    /// Newest first.
    private func history(_ random: inout SeededGenerator) -> [ReleaseRecord] {
        var records: [ReleaseRecord] = []
        for number in 0..<(1 + random.below(60)) {
            let isRollback = random.below(4) == 0
            let undone = records.isEmpty ? nil : records[max(0, records.count - 1 - random.below(3))].run
            let outcomes: [RunOutcome] =
                isRollback
                ? [.succeeded, .succeeded, .failed, .aborted]
                : [.succeeded, .succeeded, .succeeded, .failed, .rolledBack, .rollbackIncomplete, .aborted]
            records.append(
                ReleaseRecord(
                    run: "r\(number)", service: "shop", environment: "production", pipeline: "checkout",
                    outcome: outcomes[random.below(outcomes.count)], hadEffect: random.below(8) > 0, change: .normal,
                    release: .minor, version: "v\(number)",
                    lineage: isRollback ? undone.map { .rollback(of: $0, restores: nil) } : nil,
                    digest: String(repeating: "a", count: 64),
                    ended: Instant(millisecondsSinceEpoch: 1_000 * Int64(number))))
        }
        return records.reversed()
    }
}

/// SplitMix64.
private struct SeededGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
