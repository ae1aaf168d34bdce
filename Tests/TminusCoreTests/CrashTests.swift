import Testing
import TminusCore
import TminusModel

/// A world of which only the journal is lost track of: what each attempt will end with is fixed by its name.
private struct Script {
    var ends: [String: AttemptEnd] = [:]

    /// Ends everything, oldest first, until the run is over or stands still.
    func play(_ pump: inout Pump) {
        for _ in 0..<200 {
            if pump.outcome != nil { return }
            if let id = pump.live.first {
                pump.end(pump.text(id), ends[pump.plan.steps[id.step].name + "/\(id.role.rawValue)"] ?? .exited(0))
            } else {
                pump.pass(.seconds(60))
            }
        }
    }
}

@Suite struct CrashTests {
    /// After any event, a new engine that knows only the journal comes to the same end. Attempts whose intent is in the
    /// prefix are adopted, and end as they would have.
    @Test(arguments: [
        Script(), Script(ends: ["d/forward": .exited(1)]), Script(ends: ["c/forward": .exited(3)]),
        Script(ends: ["d/forward": .exited(1), "b/rollback": .exited(1)]),
        Script(ends: ["b/forward": .vanished(.shimLost), "b/resolve": .exited(0)]),
    ]) fileprivate func aCrashAfterAnyEventComesToTheSameEnd(_ script: Script) {
        let plan = plan("a; b <- a; c <- a; d <- b c | e; go") {
            $0.askBudget()
            $0.makeCanary("c", [10], every: .seconds(30))
            $0.judge(["c"], after: .seconds(30))
            $0["b"].resolve = Command(argv: ["is-b-done"])
            $0.makeWait("go", .seconds(5))
        }
        var whole = Pump(plan)
        script.play(&whole)
        #expect(whole.outcome != nil)
        let last = whole.state
        for count in 1...whole.journal.count {
            var pump = Pump(takingUp: Array(whole.journal.prefix(count)), at: whole.journal[count - 1].at)
            script.play(&pump)
            #expect(pump.outcome == last.outcome, "after event \(count)")
            #expect(pump.state.steps.map(\.status) == last.steps.map(\.status), "after event \(count)")
            #expect(pump.state.steps.map(\.undo) == last.steps.map(\.undo), "after event \(count)")
        }
    }

    @Test func anEngineThatTakesUpAdoptsWhatIsLiveAndStopsWhatWasStopping() {
        var pump = Pump(plan("a; b"))
        pump.tell(.abort(reason: "", keepsEffects: false))
        let second = Pump(takingUp: pump.journal, at: pump.now)
        #expect(second.running == "a b")
        #expect(second.stopped == ["a", "b"])
        #expect(second.journal.count == pump.journal.count)
    }

    @Test func anEngineThatTakesUpAFinishedRunSaysSo() {
        var pump = Pump(plan("a"))
        pump.end("a")
        #expect(Pump(takingUp: pump.journal, at: pump.now).finished == .succeeded)
    }

    @Test func newsThatCameTwiceOrTooLateMeansNothing() {
        var pump = Pump(plan("a; b <- a"))
        let id = AttemptID(step: 0)
        pump.send(.attemptRunning(id))
        let count = pump.journal.count
        pump.send(.attemptRunning(id))
        #expect(pump.journal.count == count)
        pump.end("a")
        let after = pump.journal.count
        pump.send(.attemptEnded(id, AttemptResult(end: .exited(1))))
        pump.send(.attemptRunning(id))
        pump.send(.lockGranted)
        pump.send(.windowFound(phase: 3, opens: pump.now, closes: pump.now.advanced(by: .seconds(1))))
        #expect(pump.journal.count == after)
    }
}

@Suite struct ExhaustiveTests {
    /// Every way to end four steps, each done, failed, lost or never begun, in every order that the needs allow.
    @Test(arguments: ["a; b <- a; c <- a; d <- b c", "a; b; c; d", "a; b <- a; c; d <- c"])
    func everyOrderOfEveryResultComesToARightEnd(_ text: String) {
        var runs = 0
        explore(Pump(plan(text)), &runs)
        #expect(runs >= 30)
    }

    private func explore(_ pump: Pump, _ runs: inout Int) {
        let forward = pump.live.filter { $0.role == .forward && $0.number == 1 }
        if forward.isEmpty || !pump.stopped.isEmpty {
            runs += 1
            finish(pump)
            return
        }
        for id in forward {
            for end in [AttemptEnd.exited(0), .exited(1), .vanished(.shimLost), .tombstoned] {
                var next = pump
                next.end(next.text(id), end)
                explore(next, &runs)
            }
        }
    }

    private func finish(_ start: Pump) {
        var pump = start
        for _ in 0..<40 where pump.outcome == nil {
            if let id = pump.live.first {
                let isStopped = pump.stopped.contains(pump.text(id))
                pump.end(pump.text(id), isStopped ? .stopped : .exited(0))
            } else if let step = pump.plan.steps.first(where: { pump.status($0.name) == .unknown }) {
                pump.tell(.resolve(step: step.name, isDone: true, reason: "looked"))
            }
        }
        let failed = pump.bodies().contains { if case .stepFailed = $0 { true } else { false } }
        #expect(pump.outcome == (failed ? .rolledBack : .succeeded))
    }
}
