internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// Events that wait for the journal.
struct PendingAppend {
    let run: LiveRun
    let batch: JournalBatch
    /// Set for a run's first event: its state after it, and whoever submitted it.
    var opening: (state: RunState, submitter: CheckedContinuation<EngineError?, Never>)?
}

extension Engine {
    /// Takes the step runner's reports, and appends what is decided on them unless an append is under way.
    func drain() async {
        isDraining = true
        takeReports()
        isDraining = false
        // Not through another task, which in a chain of steps would cost one for each.
        guard !isAppending, !pending.isEmpty, !isLeaving else { return }
        isAppending = true
        await appendAll()
    }

    /// Reports of one run that arrived together are decided on together.
    private func takeReports() {
        var run: LiveRun?
        var inputs: [Input] = []
        for report in parts.inbox.take() {
            guard case .step(let id) = report.key.attempt else {
                pageReported(report)
                continue
            }
            if run?.run != report.key.run {
                if let run { feed(run, inputs) }
                inputs.removeAll(keepingCapacity: true)
                run = live[report.key.run]
            }
            switch report.news {
            case .running: inputs.append(.attemptRunning(id))
            case .ended(let result):
                counted.attemptsEnded += 1
                inputs.append(.attemptEnded(id, result))
            }
        }
        if let run { feed(run, inputs) }
    }

    /// Hands inputs to a run's driver and does what it asks. Inputs of a run that is being read anew are dropped:
    /// taking it up asks for all of them again.
    func feed(_ run: LiveRun, _ inputs: [Input]) {
        guard !isLeaving, !inputs.isEmpty, let actions = run.driver?.handle(inputs, now: now) else { return }
        perform(actions, of: run)
        kick()
    }

    private func perform(_ actions: [Action], of run: LiveRun) {
        var outcome: RunOutcome?
        var openings: [Input] = []
        for action in actions {
            switch action {
            case .append(let events, let expected, let summary):
                guard let plan = run.plan else { continue }
                let batch = JournalBatch(
                    expected: expected, events: events, summary: summary, plan: plan,
                    release: summary.status.isTerminal ? run.driver?.state.release : nil)
                pending.append(PendingAppend(run: run, batch: batch))
            case .start(let id): call(.start, id, of: run)
            case .adopt(let id): call(.adopt, id, of: run)
            case .stop(let id): dispatch(.stop(AttemptKey(run: run.run, attempt: .step(id))), in: run.lane)
            case .measureBudget: measureBudget(of: run)
            case .measureCost(let step, let from): measureCost(step, of: run, from: from)
            case .measureRule(let rule, let from): measure(rule, of: run, from: from)
            case .findWindow(let phase):
                if let opening = opening(of: phase, of: run) { openings.append(opening) }
            case .keepSeal(let phase, let since): keepSeal(phase, since: since, of: run)
            case .checkSeal(let phase, let digest): checkSeal(phase, digest: digest, of: run)
            case .wakeUp(let instant):
                run.wakeAt = instant
                arm(instant)
            case .answer(let answer, let token):
                run.answers.removeValue(forKey: token)?.resume(returning: .success(answer))
            case .finished(let ended): outcome = ended
            }
        }
        if let outcome { finish(run, outcome) }
        feed(run, openings)
    }
}

extension Engine {
    /// Starts appending unless an append is under way: what is decided until it is done goes into the next one.
    func kick() {
        guard !isAppending, !isDraining, !pending.isEmpty, !isLeaving else { return }
        isAppending = true
        Task { await self.appendAll() }
    }

    private func appendAll() async {
        while !pending.isEmpty, !isLeaving {
            let batches = pending
            pending.removeAll(keepingCapacity: true)
            await append(batches)
        }
        isAppending = false
        let waiting = afterAppending
        afterAppending.removeAll()
        for continuation in waiting { continuation.resume() }
    }

    private func append(_ items: [PendingAppend]) async {
        do throws(StoreError) {
            try await parts.journal.append(items.map(\.batch))
            settle(items)
        } catch {
            await refused(items, error)
        }
    }

    /// These are durable: what depends on them may happen. Reports that arrived meanwhile are decided on with it.
    private func settle(_ items: [PendingAppend]) {
        storageFailures = 0
        counted.countAppend(events: items.reduce(0) { $0 + $1.batch.events.count })
        if !isLeaving { takeReports() }
        for item in items {
            let run = item.run
            run.durable = item.batch.expected + item.batch.events.count
            run.summary = item.batch.summary
            run.setbacks = 0
            run.feed.publish(item.batch.events)
            if item.batch.events.contains(where: \.raisesPage) { readOutbox() }
            if let (state, submitter) = item.opening {
                open(run, state)
                submitter.resume(returning: nil)
            } else {
                guard let actions = run.driver?.handle(.appended, now: now) else { continue }
                perform(actions, of: run)
                noteLock(run, item.batch.events)
            }
        }
    }

    private func noteLock(_ run: LiveRun, _ events: [Event]) {
        for event in events {
            if case .runStarted = event.body { run.isLockLost = false }
            if case .lockBroken = event.body { lockGivenUp(run) }
        }
    }

    /// Nothing of these was kept. When it may be the fault of one of them, each is tried alone.
    private func refused(_ items: [PendingAppend], _ error: StoreError) async {
        counted.appendsFailed += 1
        let mayBeOfOne: Bool
        switch error.code {
        // A disk too full for a new run may have room for the end of an old one.
        case .conflict, .finished, .unknownRun, .pruned, .corrupt, .full, .duplicate, .moved, .interrupted:
            mayBeOfOne = items.count > 1
        case .storage, .newerSchema: mayBeOfOne = false
        }
        if mayBeOfOne {
            for item in items { await append([item]) }
            return
        }
        var isOfDrivenRun = false
        for item in items {
            if let (_, submitter) = item.opening {
                submitter.resume(returning: EngineError(refusing: error))
            } else {
                isOfDrivenRun = true
                setBack(item.run, error)
            }
        }
        noteStorage(error, isOfDrivenRun: isOfDrivenRun)
    }

    func refusePending(_ error: EngineError) {
        for item in pending { item.opening?.submitter.resume(returning: error) }
        pending.removeAll()
    }
}

extension Event {
    fileprivate var raisesPage: Bool {
        if case .pageRaised = body { true } else { false }
    }
}
