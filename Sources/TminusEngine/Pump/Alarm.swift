internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// One timer for all that waits for an instant: drivers' wake-ups, runs to be read anew, pages to be tried again.
extension Engine {
    /// Makes sure that the bell rings at `instant` or before.
    func arm(_ instant: Instant) {
        guard !isLeaving else { return }
        if let alarm {
            if alarm.at <= instant { return }
            alarm.bell.cancel()
        }
        let clock = parts.clock
        let bell = Task {
            do { try await clock.sleep(until: instant) } catch { return }
            rang(instant)
        }
        alarm = (instant, bell)
    }

    private func rang(_ instant: Instant) {
        guard let alarm, alarm.at == instant, !isLeaving else { return }
        self.alarm = nil
        guard isStarted else { return }
        let due = max(now, instant)
        for run in byAge {
            if let at = run.wakeAt, at <= due {
                run.wakeAt = nil
                feed(run, [.wokeUp])
            }
            if let at = run.takeUpAt, at <= due { takeUpAgain(run) }
        }
        tryPages()
        rearm()
        kick()
    }

    /// Arms for everything that waits.
    func rearm() {
        for run in byAge {
            if let at = run.wakeAt { arm(at) }
            if let at = run.takeUpAt { arm(at) }
        }
        if let at = outbox.nextDue { arm(at) }
    }
}
