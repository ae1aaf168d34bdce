import TminusCore
import TminusModel

/// Shims: one claim each, exit records that outlive engines, tombstones, and shims that come late or are killed.
extension World {
    func record(_ run: Int, _ id: AttemptID) -> Int? {
        records.lastIndex { $0.id == id && $0.run == run }
    }

    private mutating func directory(_ run: Int, _ id: AttemptID, _ incarnation: Int) -> Int {
        let index: Int
        if let found = record(run, id) {
            index = found
        } else {
            records.append(ShimRecord(run: run, id: id))
            index = records.count - 1
        }
        if !records[index].watchers.contains(incarnation) { records[index].watchers.append(incarnation) }
        return index
    }

    mutating func start(_ run: Int, _ id: AttemptID, _ incarnation: Int) {
        let index = directory(run, id, incarnation)
        if records[index].state == .unclaimed, strikes(knobs.spawnLost, .spawnLost) {
            records[index].state = .over(AttemptResult(end: .notStarted("no such program")))
            report(index)
            return
        }
        let delay = strikes(knobs.spawnSlow, .spawnSlow) ? random.between(100, 120_000) : random.between(1, 30)
        agenda.put(.claim(record: index), at: time + delay)
    }

    mutating func adopt(_ run: Int, _ id: AttemptID, _ incarnation: Int) {
        let index = directory(run, id, incarnation)
        switch records[index].state {
        case .unclaimed:
            report.faults[.tombstone] += 1
            records[index].state = .tombstone
            report(index)
        case .running:
            guard flaw == .adoptedStartedAgain else { return }
            records.append(ShimRecord(run: run, id: id))
            checkStart(records.count - 1)
        case .over, .tombstone: report(index)
        }
    }

    mutating func claim(_ index: Int) {
        let isGivenUp = flaw == .tombstoneIgnored && records[index].state == .tombstone
        guard records[index].state == .unclaimed || isGivenUp else {
            // Somebody was here first: this shim leaves, and says what it found.
            report.faults[.lateShim] += 1
            if records[index].state != .running { report(index) }
            return
        }
        note("\(runs[records[index].run].name) \(records[index].id) begins")
        checkStart(index)
        records[index].state = .running
        records[index].didBegin = true
        agenda.put(.running(record: index), at: time + 250)
        plan(index)
        if records[index].isStopAsked { end(index, AttemptResult(end: .stopped), after: random.between(1, 50)) }
        if flaw == .reportOfAnotherAttempt { reportEarlier(index) }
        if flaw == .rerunBecauseTimePassed { agenda.put(.rescued(record: index), at: time + 5_000) }
    }

    /// Draws how the command will end, and when.
    private mutating func plan(_ index: Int) {
        let id = records[index].id
        let run = records[index].run
        var delay = random.chance(100) ? random.between(1_000, 60_000) : random.between(1, 2_000)
        var result = AttemptResult(end: .exited(0))
        if id.role == .resolve {
            result = AttemptResult(end: .exited(probe(run, id.step)))
        } else if !isCalm, random.chance(knobs.stepFails) {
            report.faults[.stepFailed] += 1
            result = AttemptResult(end: failure(runs[run].plan.steps[id.step]))
        }
        if !isCalm, random.chance(knobs.stepHangs) {
            report.faults[.stepHung] += 1
            delay = random.between(60_000, 900_000)
        }
        let timeouts = runs[run].plan.steps[id.step].timeouts
        if let limit = timeouts.attempt?.milliseconds, delay > limit {
            delay = limit
            // To be too slow is a fault too: in a window of half an hour a day it could go on for a week.
            if !isCalm { result = AttemptResult(end: .timedOut) }
        }
        end(index, result, after: delay)
        if strikes(knobs.shimKilled, .shimKilled) {
            agenda.put(.shimKilled(record: index), at: time + random.between(0, delay))
        }
    }

    private mutating func failure(_ step: Step) -> AttemptEnd {
        if case .migrate = step.kind, random.chance(300) { return .exited(20) }
        return random.pick([.exited(1), .exited(1), .exited(2), .signalled(9), .timedOut])
    }

    /// A probe tells the truth, or that it can't.
    private mutating func probe(_ run: Int, _ step: StepIndex) -> Int32 {
        if random.chance(200) { return 3 }
        let last = records.last { $0.run == run && $0.id.step == step && $0.id.role == .forward && $0.didBegin }
        return last?.isEffectDone == true ? 0 : 10
    }

    private mutating func end(_ index: Int, _ result: AttemptResult, after delay: Int64) {
        records[index].turn += 1
        records[index].plannedEnd = result
        agenda.put(.exit(record: index, turn: records[index].turn), at: time + delay)
    }

    mutating func running(_ index: Int) {
        guard records[index].state == .running else { return }
        for watcher in records[index].watchers { tell(watcher, .attemptRunning(records[index].id)) }
    }

    mutating func exit(_ index: Int, _ turn: Int) {
        guard records[index].state == .running, records[index].turn == turn else { return }
        records[index].state = .over(records[index].plannedEnd)
        records[index].hasExit = true
        records[index].isEffectDone = records[index].plannedEnd.end == .exited(0)
        report(index)
    }

    /// The command dies with its shim, done or not.
    mutating func killShim(_ index: Int, _ cause: VanishCause) {
        guard records[index].state == .running else { return }
        records[index].state = .over(AttemptResult(end: .vanished(cause)))
        records[index].isEffectDone = random.chance(500)
        report(index)
    }

    mutating func stop(_ run: Int, _ id: AttemptID) {
        guard let index = record(run, id), !records[index].isStopAsked else { return }
        records[index].isStopAsked = true
        guard records[index].state == .running else { return }
        if flaw == .killedButRunning {
            for watcher in records[index].watchers { tell(watcher, .attemptEnded(id, AttemptResult(end: .stopped))) }
        }
        var delay = random.between(1, 500)
        var result = AttemptResult(end: .stopped)
        if random.chance(knobs.stopIgnored) {
            report.faults[.stopIgnored] += 1
            delay = random.between(1, 10_000)
            // It came to its own end before it was killed, or only KILL ended it.
            if random.chance(300) { result = AttemptResult(end: .exited(random.pick([0, 1]))) }
        }
        if strikes(knobs.killFailed, .killFailed) {
            result = AttemptResult(end: .killFailed("pid 7 is in uninterruptible sleep"))
        }
        end(index, result, after: delay)
    }

    /// Tells everybody who watches how an attempt ended; sometimes twice.
    private mutating func report(_ index: Int) {
        var result: AttemptResult
        switch records[index].state {
        case .unclaimed, .running: return
        case .over(let end): result = end
        case .tombstone: result = AttemptResult(end: .tombstoned)
        }
        if flaw == .lostResultIsSuccess, case .vanished = result.end { result = AttemptResult(end: .exited(0)) }
        for watcher in records[index].watchers {
            tell(watcher, .attemptEnded(records[index].id, result), after: random.between(0, 20))
            if random.chance(50) {
                tell(watcher, .attemptEnded(otherRunning(index), result), after: random.between(0, 2_000))
            }
        }
    }

    /// Whose a second report is taken for: with the flaw, that of another attempt of the run that is under way.
    private func otherRunning(_ index: Int) -> AttemptID {
        let other = records.last { $0.run == records[index].run && $0.state == .running }
        return flaw == .duplicateReportBelieved ? other?.id ?? records[index].id : records[index].id
    }

    /// The flaw: the result of an earlier attempt at the same lies where this one's will be looked for.
    private mutating func reportEarlier(_ index: Int) {
        let id = records[index].id
        let earlier = records[..<index].last {
            $0.run == records[index].run && $0.id.step == id.step && $0.id.role == id.role && $0.hasExit
        }
        guard case .over(let result)? = earlier?.state else { return }
        for watcher in records[index].watchers { tell(watcher, .attemptEnded(id, result), after: 1) }
    }

    /// The flaw: who runs for long can't be alive.
    mutating func rescue(_ index: Int) {
        guard records[index].state == .running else { return }
        for watcher in records[index].watchers {
            tell(watcher, .attemptEnded(records[index].id, AttemptResult(end: .tombstoned)))
        }
    }
}
