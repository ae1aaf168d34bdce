import TminusCore
import TminusModel

/// The store: appends take time, fail, or are done although the engine is told that they timed out.
extension World {
    mutating func append(_ events: [Event], _ expected: Int, _ place: Int) {
        let incarnation = pumps[place].incarnation
        if pumps[place].order != nil { violate("append", "a second append before the first was confirmed") }
        pumps[place].order = CommitOrder(events: events, expected: expected)
        pumps[place].isCommitted = false
        if flaw == .actBeforeRecord { startTooEarly(events, pumps[place].run, incarnation) }
        let delay = strikes(knobs.appendSlow, .appendSlow) ? random.between(100, 10_000) : random.between(1, 20)
        if strikes(knobs.appendLost, .appendLost) {
            agenda.put(.appendFailed(incarnation: incarnation), at: time + delay)
            return
        }
        agenda.put(.commit(incarnation: incarnation), at: time + delay)
        if strikes(knobs.appendUnknown, .appendUnknown) {
            agenda.put(.appendFailed(incarnation: incarnation), at: time + delay + random.between(0, 5_000))
        } else {
            agenda.put(.appended(incarnation: incarnation), at: time + delay + random.between(0, 5))
        }
    }

    private mutating func startTooEarly(_ events: [Event], _ run: Int, _ incarnation: Int) {
        for event in events {
            if case .attemptStarting(let id) = event.body { start(run, id, incarnation) }
        }
    }

    mutating func commit(_ incarnation: Int) {
        guard let place = place(of: incarnation), let order = pumps[place].order, !pumps[place].isCommitted
        else { return }
        pumps[place].isCommitted = true
        let run = pumps[place].run
        let isCurrent = order.expected == runs[run].journal.count && runs[run].outcome == nil
        if flaw == .unguardedUpdate, !isCurrent {
            runs[run].journal.removeLast(max(runs[run].journal.count - order.expected, 0))
        } else if !isCurrent {
            // Another engine has written meanwhile: this one knows nothing it may act on.
            report.faults[.staleEngineRefused] += 1
            note("\(incarnation) is refused: it expects \(order.expected) of \(runs[run].journal.count)")
            if flaw == .refusedAppendKept { return }
            crash(pumps[place].engine)
            return
        }
        keep(order.events, run)
    }

    /// Makes events durable, and checks each of them.
    mutating func keep(_ events: [Event], _ run: Int) {
        runs[run].synced = runs[run].journal.count
        for event in events {
            runs[run].journal.append(event)
            report.events += 1
            mix(UInt64(bitPattern: event.at.millisecondsSinceEpoch) ^ UInt64(event.sequence))
            check(event, run)
            if report.violation != nil { return }
        }
    }

    mutating func appended(_ incarnation: Int) {
        guard let place = place(of: incarnation), pumps[place].order != nil else { return }
        let run = pumps[place].run
        let events = pumps[place].order?.events ?? []
        let isLockBroken = events.contains { $0.body.type == .lockBroken }
        pumps[place].order = nil
        if flaw?.altersMemory != true, pumps[place].driver.state != runs[run].folded {
            violate("I22", "the driver's state is not the fold of what is durable")
            return
        }
        drive(incarnation, .appended)
        if isLockBroken { passLock(run, incarnation) }
        misrememberAtOnce(incarnation, events)
    }

    /// The engine can't know whether it was done: it forgets its driver, and reads the journal again.
    mutating func appendFailed(_ incarnation: Int) {
        guard let place = place(of: incarnation) else { return }
        if flaw == .timedOutAppendRetried, let order = pumps[place].order {
            keep(order.events, pumps[place].run)
            return appended(incarnation)
        }
        let pump = pumps.remove(at: place)
        note("\(incarnation) is told that its append failed")
        if lockGranted == pump.run { lockGranted = nil }
        agenda.put(.takeUp(run: pump.run, engine: pump.engine), at: time + random.between(10, 5_000))
    }
}
