import Logging
import Synchronization
import TestClock
import Testing
import TminusJudgement
import TminusModel
import TminusPorts

@testable import TminusEngine

@Suite(.timeLimit(.minutes(2)))
final class AlertTests {
    private let lines: KeptLines
    private let alerts = MemoryAlerts()
    private let bench: TestBench
    private let counters = Mutex((good: 0.0, total: 0.0))

    init() {
        let lines = KeptLines()
        var bench = TestBench()
        bench.logger = Logger(label: "test") { _ in LineKeeper(lines: lines) }
        bench.alerts = alerts
        self.bench = bench
        self.lines = lines
    }

    private static let plan = Plan.made(of: 1) { plan in
        plan.metrics = MetricEndpoints(baseline: "base", every: .seconds(10))
        plan.indicators = [shopIndicator]
        plan.budget = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
            window: .seconds(3_600), observedMin: .seconds(15), every: .seconds(10))
    }

    private func fast(_ engine: Engine) async -> AlertState? {
        await engine.alerts(of: Self.plan).first { $0.name == "fast" }?.state
    }

    /// Lets time pass with a thousand requests each ten seconds, until the fast alert is as wanted.
    private func serve(
        _ engine: Engine, bad: Double = 0, silent: Bool = false, until isWanted: (AlertState) -> Bool
    ) async -> AlertState? {
        for _ in 0..<200 {
            if silent {
                bench.source.fail("base", MetricError(.timeout, "no answer within 5s"))
            } else {
                let (good, total) = counters.withLock { counters in
                    counters.good += 1_000 - bad
                    counters.total += 1_000
                    return counters
                }
                bench.source.set("base", good: good, total: total)
            }
            // A little more than the interval, because scrapes at one instant are stamped apart.
            await bench.clock.pass(.seconds(11))
            for _ in 0..<200 {
                if let state = await fast(engine), isWanted(state) { return state }
                await Task.yield()
            }
        }
        return nil
    }

    private func watching() async throws -> Engine {
        bench.source.set("base", good: 0, total: 0)
        let engine = try await bench.started()
        _ = try await engine.submit(Self.plan)
        await bench.source.when("base", wasRead: 1)
        // Until the gate has let the run through: the service is watched on.
        for _ in 0..<20 where await engine.idleSince() == nil { _ = await serve(engine) { $0.frozenSince == nil } }
        try #require(await engine.idleSince() != nil)
        return engine
    }

    private var fastLines: [String] { lines.all.filter { $0.contains("/fast ") } }

    /// A change is told once it is kept, a little after it can be seen.
    private func told(_ count: Int) async -> [String] {
        while fastLines.count < count, !Task.isCancelled { await Task.yield() }
        return fastLines
    }

    @Test func anAlertFiresBetweenRunsStaysWhileUnmeasuredAndResolvesOnce() async throws {
        let engine = try await watching()
        #expect(await fast(engine)?.word == "inactive")
        let fired = try #require(await serve(engine, bad: 500, until: \.isFiring))
        #expect(fired.key == "shop/test/availability/fast")
        let frozen = try #require(await serve(engine, silent: true, until: { $0.frozenSince != nil }))
        #expect(frozen.phase == fired.phase)
        #expect(await told(1) == ["burn alert shop/test/availability/fast fires"])
        let figures = await engine.figures()
        #expect(figures.alerts.map(\.name) == ["day", "fast", "slow", "threeDays"])
        let over = try #require(await serve(engine, until: { !$0.isFiring }))
        #expect(over.frozenSince == nil)
        #expect(await told(2).count == 2)
        #expect(fastLines.last == "burn alert shop/test/availability/fast is over")
        await engine.shutdown()
    }

    @Test func anAlertSurvivesARestartUnderTheSameKey() async throws {
        let first = try await watching()
        let fired = try #require(await serve(first, bad: 500, until: \.isFiring))
        await first.shutdown()
        let second = try await bench.restarted(ScriptedRunner()).started()
        let kept = try #require(await fast(second))
        #expect(kept.phase == fired.phase)
        #expect(kept.key == fired.key)
        let frozen = try #require(await serve(second, silent: true, until: { $0.frozenSince != nil }))
        #expect(frozen.phase == fired.phase)
        #expect(await told(1).count == 1)
        #expect(await serve(second, until: { !$0.isFiring }) != nil)
        #expect(await told(2).count == 2)
        await second.shutdown()
    }

    /// No shutdown: the first engine is dropped as it is, and what it kept last is all there is.
    @Test func anAlertSurvivesAnEngineThatIsKilled() async throws {
        let first = try await watching()
        let fired = try #require(await serve(first, bad: 500, until: \.isFiring))
        _ = await told(1)
        let kept = try #require(try await alerts.read())
        let again = MemoryAlerts()
        try await again.keep(kept)
        var bench = bench.restarted(ScriptedRunner())
        bench.alerts = again
        let second = try await bench.started()
        #expect(await fast(second)?.phase == fired.phase)
        await second.shutdown()
        await first.shutdown()
    }

    @Test func whatIsKeptNamesTheRunAndNoAddress() async throws {
        let engine = try await watching()
        _ = try #require(await serve(engine, bad: 500, until: \.isFiring))
        _ = await told(1)
        let kept = String(decoding: try #require(try await alerts.read()), as: UTF8.self)
        #expect(kept.contains("\"run\":\"shop-1\""))
        #expect(!kept.contains("base"))
        await engine.shutdown()
    }

    @Test(arguments: ["{\"services\":[", "{\"format\":99,\"services\":[]}", "{}", ""])
    func whatCannotBeReadIsSetAside(_ text: String) async throws {
        try await alerts.keep(Array(text.utf8))
        let engine = try await bench.started()
        #expect(alerts.aside == Array(text.utf8))
        #expect(try await alerts.read() == nil)
        #expect(lines.all.contains { $0.contains("could not be read") && $0.contains("set aside") })
        await engine.shutdown()
    }

    @Test func anAlertWhoseRunIsGoneWaitsForTheNextOne() async throws {
        let state = AlertState(
            key: "shop/test/availability/fast", phase: .firing(since: bench.clock.now), frozenSince: nil)
        try await alerts.keep(
            KeptAlerts(books: [.init(run: "shop-77", states: [state])], rest: []).json.bytes)
        let engine = try await bench.started()
        #expect(await fast(engine) == nil)
        bench.source.set("base", good: 0, total: 0)
        _ = try await engine.submit(Self.plan)
        while await fast(engine) == nil, !Task.isCancelled { await Task.yield() }
        #expect(await fast(engine)?.phase == state.phase)
        await engine.shutdown()
    }

    @Test func anotherObjectiveHasItsOwnAlertsAndEndsTheOldOnesAloud() async throws {
        let engine = try await watching()
        _ = try #require(await serve(engine, bad: 500, until: \.isFiring))
        var other = Self.plan
        other.pipeline = "else"
        other.budget?.objective = "speed"
        _ = try await engine.submit(other)
        while await engine.alerts(of: other).isEmpty, !Task.isCancelled { await Task.yield() }
        #expect(await fast(engine)?.isFiring == true)
        var changed = Self.plan
        changed.budget?.objective = "speed"
        _ = try await engine.submit(changed)
        while await fast(engine) != nil, !Task.isCancelled { await Task.yield() }
        #expect(
            lines.all.contains(
                "burn alerts of availability are no longer watched: shop goes by speed now; "
                    + "still firing: shop/test/availability/fast, shop/test/availability/slow, "
                    + "shop/test/availability/day, shop/test/availability/threeDays")
                || lines.all.contains { $0.contains("no longer watched") && $0.contains("availability/fast") })
        await engine.shutdown()
    }

    @Test func alertAfterKeepsItPendingFirst() async throws {
        let engine = try await watching()
        var patient = Self.plan
        patient.budget?.alertAfter = .seconds(45)
        _ = try await engine.submit(patient)
        let pending = try #require(await serve(engine, bad: 500, until: { $0.word == "pending" }))
        guard case .pending(let since) = pending.phase else { return }
        let fired = try #require(await serve(engine, bad: 500, until: \.isFiring))
        guard case .firing(let at) = fired.phase else { return }
        #expect(at.since(since) >= .seconds(45) && at.since(since) < .seconds(90))
        await engine.shutdown()
    }

    @Test func anOriginsCountsDriveAlertsToo() async throws {
        let counts = ScriptedCounts()
        var bench = bench
        bench.counts = counts
        let bad = Mutex(0)
        counts.answer(observed: .success(.seconds(7_200))) { question in
            let share = Int64(bad.withLock { $0 })
            let good = GoodTotal(good: 1_000 - share, total: 1_000)
            return .success(Array(repeating: good.map(ArmReading.counts) ?? .error("none"), count: question.slices))
        }
        var plan = Self.plan
        plan.metrics?.origin = .prometheus(url: "http://p", armLabel: nil, access: nil)
        let engine = try await bench.started()
        _ = try await engine.submit(plan)
        func pass(until word: String) async -> Bool {
            for _ in 0..<200 {
                await bench.clock.pass(.seconds(11))
                for _ in 0..<200 {
                    if await fast(engine)?.word == word { return true }
                    await Task.yield()
                }
            }
            return false
        }
        #expect(await pass(until: "inactive"))
        bad.withLock { $0 = 500 }
        #expect(await pass(until: "firing"))
        counts.answer { _ in .failure(MetricError(.unreachable, "nobody answers")) }
        for _ in 0..<50 { await bench.clock.pass(.seconds(11)) }
        while await fast(engine)?.frozenSince == nil, !Task.isCancelled { await Task.yield() }
        #expect(await fast(engine)?.isFiring == true)
        await engine.shutdown()
    }
}

/// Alerts that live as long as the test.
private final class MemoryAlerts: AlertStore {
    private let bytes = Mutex<[UInt8]?>(nil)
    private let old = Mutex<[UInt8]?>(nil)
    var aside: [UInt8]? { old.withLock { $0 } }
    func setAside() async throws(EngineError) {
        let kept = bytes.withLock { bytes in
            defer { bytes = nil }
            return bytes
        }
        old.withLock { $0 = kept }
    }
    func read() async throws(EngineError) -> [UInt8]? { bytes.withLock { $0 } }
    func keep(_ bytes: [UInt8]) async throws(EngineError) { self.bytes.withLock { $0 = bytes } }
}

private final class KeptLines: Sendable {
    private let kept = Mutex<[String]>([])
    func note(_ line: String) { kept.withLock { $0.append(line) } }
    var all: [String] { kept.withLock { $0 } }
}

private struct LineKeeper: LogHandler {
    let lines: KeptLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.note("\(event.message)") }
}
