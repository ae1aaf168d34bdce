/// How hostile one world is, drawn from its seed. Chances are per mille.
package struct Knobs: Equatable, Sendable {
    /// Nothing but the steps' own results goes wrong.
    package var isFaultless = false
    package var runs = 1
    /// When faults end and people begin to answer; milliseconds from the start.
    package var calmAt: Int64 = 0

    // Each time it could happen.
    var engineCrash = 0
    var appendLost = 0
    var appendUnknown = 0
    var appendSlow = 0
    var spawnSlow = 0
    var spawnLost = 0
    var shimKilled = 0
    var killFailed = 0
    var stepFails = 0
    var stepHangs = 0
    var stopIgnored = 0
    // Each time a fault is drawn.
    var reboot = 0
    var clockJump = 0
    var secondEngine = 0
    // Each time metrics change, and people act.
    var metricsBad = 0
    var peopleAct = 0

    init(_ random: inout SeededGenerator, faults: Simulation.Faults) {
        isFaultless = random.chance(200) || faults == .none
        runs = random.chance(250) ? 2 : 1
        calmAt = random.between(5_000, random.chance(300) ? 1_800_000 : 300_000)
        stepFails = random.pick([0, 50, 200, 500])
        stepHangs = random.pick([0, 0, 50])
        stopIgnored = random.pick([100, 300, 700])
        if isFaultless {
            peopleAct = random.pick([0, 0, 300])
            return
        }
        engineCrash = random.pick([0, 5, 20, 80])
        appendLost = random.pick([0, 0, 20, 100])
        appendUnknown = random.pick([0, 0, 20, 100])
        appendSlow = random.pick([0, 100])
        spawnSlow = random.pick([0, 50, 200])
        spawnLost = random.pick([0, 0, 20])
        shimKilled = random.pick([0, 30, 100, 300])
        killFailed = random.pick([0, 50, 300])
        reboot = random.pick([0, 0, 100])
        clockJump = random.pick([0, 0, 300])
        secondEngine = runs == 1 ? random.pick([0, 0, 400]) : 0
        metricsBad = random.pick([0, 200, 600])
        peopleAct = random.pick([0, 300, 1_000])
    }
}

extension Knobs {
    /// Flaws that need company to show are given it in every world.
    mutating func provoke(_ flaw: Flaw?) {
        switch flaw {
        case .unguardedUpdate, .refusedAppendKept:
            runs = 1
            secondEngine = 1_000
            isFaultless = false
        case .lockLostOnCrash, .twoHolders, .lockKeptByDeadRun, .approvalOfAnotherRun:
            runs = 2
            secondEngine = 0
        default: break
        }
    }
}

/// Faults by kind, with how often each was injected.
package struct FaultCounts: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case engineCrashed, engineStarted, secondEngine, staleEngineRefused, appendLost, appendUnknown, appendSlow,
            spawnSlow, spawnLost, shimKilled, lateShim, tombstone, killFailed, reboot, clockForward, clockBack,
            stepFailed, stepHung, stopIgnored, metricsWarning, metricsBad, metricsNotANumber, metricsEmpty,
            metricsError, metricsStale, personActed, doubleClick, freezeHeld, freezeOverridden, undoneInFreeze,
            changeApproved, changeRejected, changeExpired, orderRefused, lockBroken, sealLost,
            sealUnwritten, evidenceExpired
    }

    private var counts = [Int](repeating: 0, count: Kind.allCases.count)

    package init() {}

    package subscript(kind: Kind) -> Int {
        get { counts[Self.place(kind)] }
        set { counts[Self.place(kind)] = newValue }
    }

    package mutating func add(_ other: FaultCounts) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    private static func place(_ kind: Kind) -> Int {
        guard let place = Kind.allCases.firstIndex(of: kind) else { preconditionFailure("\(kind) is no kind of fault") }
        return place
    }
}
