import Logging
import Synchronization
import TestClock
import TminusEngine
import TminusModel
import TminusPorts
import TminusSimulation

/// An engine on a journal in memory, with a hand-ticked clock and scripted surroundings.
struct TestBench: Sendable {
    var journal = FaultyJournal()
    var samples = MemorySamples()
    var source = ScriptedSource()
    var counts: any CountSource = ScriptedCounts()
    var findPeriod: @Sendable (CalendarPeriod, Instant) -> BudgetMeasurement.Period? = { _, _ in nil }
    var clock = HandClock()
    var control = MemoryControl()
    var policy: any ChangePolicy = NoPolicy()
    var files = KeptFiles()
    var ends = Ends()
    var runner = ScriptedRunner()
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var alerts: (any AlertStore)?

    func engine() -> Engine {
        let ends = ends
        var parts = EngineParts(
            journal: journal, control: control, policy: policy, samples: samples, source: source, counts: counts,
            runner: runner, inbox: runner.inbox, clock: clock, files: files, logger: logger,
            environment: [Variable(name: "PATH", value: "/usr/bin:/bin")], digest: digest(of:),
            groups: { $0 == "ops" ? ["release"] : [] },
            findWindow: { _, now in (now, now.advanced(by: .seconds(3_600))) }, findPeriod: findPeriod,
            fatal: { ends.note($0) })
        parts.alerts = alerts
        return Engine(parts)
    }

    func started() async throws -> Engine {
        let engine = engine()
        try await engine.start()
        return engine
    }

    /// The same world after a crash: only journal, samples and clock are the same.
    func restarted(_ runner: ScriptedRunner) -> TestBench {
        var bench = self
        bench.runner = runner
        return bench
    }
}

/// Not SHA-256, but a digest: FNV-1a.
func digest(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 64 - text.count) + text
}

final class KeptFiles: PlanFiles {
    private let all = Mutex<[String: [PinnedContent]]>([:])
    private let held = Mutex<Set<String>>([])
    private let tried = Mutex<Set<String>>([])
    private let removed = Mutex<[String]>([])

    func keep(_ files: [PinnedContent], of run: String) async throws(EngineError) {
        all.withLock { $0[run] = files }
    }

    func folder(of run: String) -> String { "/runs/\(run)/files" }

    func content(of file: PinnedFile, in run: String) async throws(EngineError) -> [UInt8] {
        guard let kept = files(of: run)?.first(where: { $0.file == file }) else {
            throw EngineError(.files, "\(file.path) of \(run) is gone")
        }
        return kept.content
    }

    func files(of run: String) -> [PinnedContent]? { all.withLock { $0[run] } }

    func hasAttempts(_ run: String) async -> Bool { tried.withLock { $0.contains(run) } }

    func isBusy(_ run: String) async -> Bool { held.withLock { $0.contains(run) } }

    func remove(_ run: String) async throws(EngineError) -> Int64? {
        if held.withLock({ $0.contains(run) }) { return nil }
        removed.withLock { $0.append(run) }
        return all.withLock { $0.removeValue(forKey: run) }.map { _ in 1 } ?? 0
    }

    /// Something was started by this name, and the journal does not know.
    func leave(_ run: String) { _ = tried.withLock { $0.insert(run) } }
    /// Something of this run is still alive.
    func hold(_ run: String) { _ = held.withLock { $0.insert(run) } }
    var gone: [String] { removed.withLock { $0 } }
}

/// What the engine said when it gave up.
final class Ends: Sendable {
    private let said = Mutex<[String]>([])
    func note(_ text: String) { said.withLock { $0.append(text) } }
    var texts: [String] { said.withLock { $0 } }
}

let ada = Person(name: "ada")

extension Engine {
    func submit(_ plan: Plan, files: [String: [UInt8]] = [:], by person: Person = ada) async throws -> String {
        try await submit(plan, digest: digest(of: plan.json.bytes), files: files, by: person)
    }

    /// Follows the run until an event satisfies `isMeant`, or its end; returns what it saw.
    @discardableResult
    func see(_ run: String, until isMeant: (Event.Body) -> Bool = { _ in false }) async -> [Event] {
        var seen: [Event] = []
        for await events in follow(run, after: 0) {
            for event in events {
                seen.append(event)
                if isMeant(event.body) { return seen }
            }
        }
        return seen
    }

    /// Returns once there is nothing to do, or the test's time is over.
    func whenIdle() async {
        while idleSince() == nil, !Task.isCancelled { await Task.yield() }
    }

    func outcome(of run: String) async throws -> RunStatus {
        await see(run)
        return try await summary(of: run).status
    }
}

extension Plan {
    /// Independent steps named `s0`, `s1` … that run `/bin/true`.
    static func made(of count: Int, named pipeline: String = "shop", change: (inout Plan) -> Void = { _ in }) -> Plan {
        let steps = (0..<count).map { index in
            Step(name: "s\(index)", phase: 0, kind: .run(Command(argv: ["/bin/true"])), hasEffect: false)
        }
        var plan = Plan(
            pipeline: pipeline, service: "shop", environment: "test", change: .standard, release: .minor,
            folder: "/srv/shop", phases: [Phase(name: "T-0")], steps: steps)
        change(&plan)
        return plan
    }

    /// The same, each needing the one before.
    static func chain(of count: Int, named pipeline: String = "shop", change: (inout Plan) -> Void = { _ in }) -> Plan {
        made(of: count, named: pipeline) { plan in
            for index in 1..<count { plan.steps[index].needs = [index - 1] }
            change(&plan)
        }
    }
}

let shopIndicator = Indicator(
    name: "availability", good: CounterSelector(metric: "good_total"), total: CounterSelector(metric: "requests_total"))
