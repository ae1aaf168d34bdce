import TminusCore
import TminusModel

/// Everything around the drivers, in virtual time: store, shims, metrics, people, engines and their accidents.
struct World {
    /// More than this is a run that does not come to rest.
    static let happeningsMax = 40_000
    /// So many more for each second: two runs that are watched every ten seconds while they wait a day for a window are
    /// at rest.
    static let happeningsPerSecond: Int64 = 2
    /// A day for a window, and as much again: what takes longer once faults have stopped hangs.
    static let patience: Int64 = 3 * 86_400_000

    let simulation: Simulation
    let flaw: Flaw?
    var report: Simulation.Report
    /// A class, so that writing a line changes nothing of the world.
    private let trace: Trace?
    var random: SeededGenerator
    var knobs: Knobs
    var agenda = Agenda()
    /// Milliseconds since the start, by a clock that nobody sets.
    var time: Int64 = 0
    /// What setting the wall clock has added.
    var clockOffset: Int64 = 0
    var isCalm = false

    var runs: [SimulatedRun] = []
    var pumps: [Pump] = []
    var isEngineAlive = [false, false]
    var incarnations = 0
    var tokens = 0
    /// The run that was given the lock, when its journal does not say so yet.
    var lockGranted: Int?
    /// An engine has crashed, and with it whatever it alone knew.
    var isLockForgotten = false
    var records: [ShimRecord] = []
    var metrics = MetricsMode.good
    var helpersDelay: Int64 = 60_000
    /// Freezes without an end were ended.
    var isThawed = false

    init(seed: UInt64, simulation: Simulation) {
        self.simulation = simulation
        flaw = simulation.flaw
        trace = simulation.isTraced ? Trace() : nil
        random = SeededGenerator(seed: seed)
        knobs = Knobs(&random, faults: simulation.faults)
        knobs.provoke(flaw)
        report = Simulation.Report(seed: seed, knobs: knobs)
        for run in 0..<knobs.runs {
            var drawing = RandomPlan(random)
            let plan = drawing.draw()
            random = drawing.random
            runs.append(SimulatedRun(name: "shop-\(run + 1)", plan: plan))
            agenda.put(.submit(run: run), at: run == 0 ? 0 : random.between(0, 120_000))
        }
        agenda.put(.startEngine(0), at: 1)
        agenda.put(.metricsChange, at: 0)
        agenda.put(.personActs, at: random.between(1, 20_000))
        agenda.put(.fault, at: random.between(1, 20_000))
        agenda.put(.helpersLook, at: knobs.calmAt)
    }

    /// Wall time: what engines see.
    var now: Instant { Instant(millisecondsSinceEpoch: 1_790_000_000_000 + time + clockOffset) }

    mutating func play() {
        while report.violation == nil, !isOver {
            guard let entry = agenda.next() else {
                // A second engine that waits for a person does not hear that the first one's run is over: the store
                // refuses whatever it decides.
                if isOverForHelpers { break }
                violate("I31", "nothing will ever happen, and a run has not ended")
                break
            }
            time = max(time, entry.at)
            if !isCalm, time >= knobs.calmAt { isCalm = true }
            report.happenings += 1
            if Int64(report.happenings) > Int64(Self.happeningsMax) + time / 1_000 * Self.happeningsPerSecond {
                violate("I31", "it does not come to rest")
            }
            if time > knobs.calmAt + Self.patience {
                violate("I31", "faults have stopped, and a run has not ended: \(needs)")
            }
            happen(entry.happening)
        }
        if report.violation == nil { checkEnds() }
        report.simulated = time
        report.attempts = records.count { $0.didBegin }
        report.outcomes = runs.map { $0.outcome?.rawValue ?? "live" }
        report.trace = trace?.lines ?? []
        mix(random.next())
    }

    private var isOver: Bool {
        for run in runs.indices {
            if runs[run].outcome == nil { return false }
            var isHeld = false
            var isFinished = false
            for place in pumps.indices where pumps[place].run == run {
                isHeld = true
                if pumps[place].isFinished { isFinished = true }
            }
            if isHeld, !isFinished { return false }
        }
        return true
    }

    private var needs: String {
        pumps.flatMap { $0.driver.state.needs(now: now) }.map(\.sentence).joined(separator: "; ")
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .submit(let run): submit(run)
        case .commit(let incarnation): commit(incarnation)
        case .appended(let incarnation): appended(incarnation)
        case .appendFailed(let incarnation): appendFailed(incarnation)
        case .told(let incarnation, let input): drive(incarnation, input)
        case .woke(let incarnation, let wake):
            if let place = place(of: incarnation), pumps[place].wake == wake { drive(incarnation, .wokeUp) }
        case .claim(let record): claim(record)
        case .running(let record): running(record)
        case .exit(let record, let turn): exit(record, turn)
        case .shimKilled(let record): killShim(record, .shimLost)
        case .rescued(let record): rescue(record)
        case .startEngine(let engine): startEngine(engine)
        case .takeUp(let run, let engine): if isEngineAlive[engine] { takeUp(run, engine) }
        case .metricsChange: changeMetrics()
        case .personActs: personActs()
        case .fault: injectFault()
        case .helpersLook: help()
        case .helpersApprove: approve()
        }
    }

    // MARK: Telling

    mutating func violate(_ invariant: String, _ sentence: String) {
        if report.violation != nil { return }
        report.violation = Violation(invariant: invariant, sentence: sentence)
        note("VIOLATION \(invariant): \(sentence)")
    }

    func note(_ text: @autoclosure () -> String) {
        if let trace { trace.add("\(time) \(text())") }
    }

    mutating func mix(_ value: UInt64) {
        report.digest = (report.digest ^ value) &* 0x0000_0100_0000_01B3
    }

    /// Whether a fault of this chance happens now; never in a calm or faultless world.
    mutating func strikes(_ perMille: Int, _ kind: FaultCounts.Kind) -> Bool {
        if isCalm || knobs.isFaultless || !random.chance(perMille) { return false }
        report.faults[kind] += 1
        return true
    }
}

/// One run as the world knows it.
struct SimulatedRun {
    let name: String
    let plan: Plan
    /// What the store holds.
    var journal: [Event] = []
    /// How much of it was there before the last append.
    var synced = 0
    /// What the checkers know of it.
    var ledger: Ledger
    /// The product's fold of it, one event at a time, which every driver's state is held against.
    var folded: RunState?
    var outcome: RunOutcome?

    /// From its start to its end a run holds its service.
    var holdsLock: Bool { ledger.isStarted && outcome == nil && !ledger.control.isLockLost }

    /// Every freeze that was announced before the run was, and those it is told of now.
    var announced: [FreezeSpan] = []
    var spans: [FreezeSpan] = []

    /// The seals that lie on the disk, by phase.
    var seals: [String?]
    /// Those that somebody who looked has found there.
    var foundSeals: Set<String> = []

    /// Budget and rule measurements handed out, with what was really so.
    var budgets: [(measurement: BudgetMeasurement, truth: MetricsMode)] = []
    var readings: [(measurement: Measurement, truth: MetricsMode)] = []

    init(name: String, plan: Plan) {
        self.name = name
        self.plan = plan
        ledger = Ledger(plan: plan)
        seals = Array(repeating: nil, count: plan.phases.count)
    }
}

/// The last lines of what happened.
final class Trace {
    /// Lines kept.
    static let linesMax = 400
    private(set) var lines: [String] = []

    func add(_ line: String) {
        lines.append(line)
        if lines.count > 2 * Self.linesMax { lines.removeFirst(Self.linesMax) }
    }
}
