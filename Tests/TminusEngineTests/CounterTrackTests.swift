import Testing
import TminusModel
import TminusPorts
import TminusSimulation

@testable import TminusEngine

struct CounterTrackTests {
    /// A splitmix64, so that a failing case can be had again.
    private struct Draws: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// Scrapes every 10 s or so with gaps, restarts and series that come up late.
    private static func scrapes(_ draws: inout Draws) -> [Scrape] {
        var at: Int64 = 1_000_000
        var counts: [(good: Double, total: Double)] = [(5, 9)]
        return (0..<200).map { _ in
            at += Int.random(in: 0..<20, using: &draws) == 0 ? 95_000 : Int64.random(in: 8_000...12_000, using: &draws)
            if Int.random(in: 0..<30, using: &draws) == 0 { counts = counts.map { _ in (0, 0) } }
            if counts.count < 3, Int.random(in: 0..<40, using: &draws) == 0 { counts.append((0, 0)) }
            for index in counts.indices {
                let total = Double(Int.random(in: 0...50, using: &draws))
                counts[index].total += total
                counts[index].good += Double(Int.random(in: 0...Int(total), using: &draws))
            }
            func series(_ count: ((good: Double, total: Double)) -> Double) -> [CounterValue.Series] {
                counts.enumerated().map { .init(identity: "pod=\($0.offset)", count: count($0.element)) }
            }
            return Scrape(
                endpoint: "e", at: Instant(millisecondsSinceEpoch: at),
                values: [
                    CounterValue(selector: shopIndicator.part, series: series(\.good)),
                    CounterValue(selector: shopIndicator.total, series: series(\.total)),
                ])
        }
    }

    @Test(arguments: 0..<50)
    func aTrackReadsWhatTheScrapesThemselvesSay(_ seed: UInt64) throws {
        var draws = Draws(state: seed)
        let scrapes = Self.scrapes(&draws)
        let every = Duration.seconds(10)
        var track = CounterTrack(indicator: shopIndicator, every: every, from: .distantPast)
        for scrape in scrapes { track.take(scrape) }
        let newest = try #require(scrapes.last?.at)
        for _ in 0..<40 {
            let from = newest.advanced(by: .milliseconds(-Int64.random(in: 0...2_500_000, using: &draws)))
            let to = newest.advanced(by: .milliseconds(Int64.random(in: 0...40_000, using: &draws)))
            let known = scrapes.filter { $0.at > from }
            let before = scrapes.last { $0.at <= from }
            let own = CounterIncrease.reading(
                of: shopIndicator, in: [before].compactMap { $0 } + known, from: from, to: to, every: every)
            let read = track.reading(from: from, to: to)
            #expect(read.reading == own.reading)
            #expect(read.observed == own.observed)
        }
    }

    @Test func aCountThatIsNoCountIsAnErrorWhileItIsInSight() {
        var track = CounterTrack(indicator: shopIndicator, every: .seconds(10), from: .distantPast)
        for (position, count) in [1.0, 2, .nan, 3, 4].enumerated() {
            let series = [CounterValue.Series(identity: "", count: count)]
            track.take(
                Scrape(
                    endpoint: "e", at: Instant(millisecondsSinceEpoch: Int64(position) * 10_000),
                    values: [shopIndicator.part, shopIndicator.total].map {
                        CounterValue(selector: $0, series: series)
                    }))
        }
        let end = Instant(millisecondsSinceEpoch: 40_000)
        let all = track.reading(from: Instant(millisecondsSinceEpoch: 0), to: end).reading
        #expect(all == .error("the counters of availability are not finite counts ≥ 0"))
        let rest = track.reading(from: Instant(millisecondsSinceEpoch: 30_000), to: end).reading
        #expect(rest == GoodTotal(good: 1, total: 1).map(ArmReading.counts))
    }
}

/// Two budgets with windows of different lengths over one endpoint and indicator.
struct SharedTrackTests {
    private static let end: Int64 = 10_000

    private func samples() async throws -> MemorySamples {
        let samples = MemorySamples()
        for second in 0...Self.end {
            let series = [CounterValue.Series(identity: "", count: Double(second))]
            try await samples.append(
                Scrape(
                    endpoint: "e", at: Instant(millisecondsSinceEpoch: second * 1_000),
                    values: [shopIndicator.part, shopIndicator.total].map {
                        CounterValue(selector: $0, series: series)
                    }))
        }
        return samples
    }

    private func total(_ tracks: CounterTracks, _ samples: MemorySamples, last seconds: Int64) async throws -> Int64? {
        let to = Instant(millisecondsSinceEpoch: Self.end * 1_000)
        let from = to.advanced(by: .seconds(-seconds))
        let track = try await tracks.track(
            of: shopIndicator, at: "e", every: .seconds(1), from: from, to: to, samples: samples)
        guard case .counts(let counts) = track.reading(from: from, to: to).reading else { return nil }
        return counts.total
    }

    @Test func theShortWindowTakesNothingFromTheLongOne() async throws {
        let samples = try await samples()
        let tracks = CounterTracks()
        #expect(try await total(tracks, samples, last: 9_000) == 9_000)
        #expect(try await total(tracks, samples, last: 100) == 100)
        #expect(try await total(tracks, samples, last: 9_000) == 9_000)
    }

    /// What was dropped is read again, not taken for never having been.
    @Test func aTrackKnowsWhereItBegins() async throws {
        let scrapes = try await samples().scrapes(
            of: "e", from: .distantPast, to: Instant(millisecondsSinceEpoch: Self.end * 1_000))
        var track = CounterTrack(indicator: shopIndicator, every: .seconds(1), from: .distantPast)
        for scrape in scrapes { track.take(scrape) }
        track.drop(before: Instant(millisecondsSinceEpoch: 9_900_500))
        #expect(track.from == Instant(millisecondsSinceEpoch: 9_900_000))
    }
}
