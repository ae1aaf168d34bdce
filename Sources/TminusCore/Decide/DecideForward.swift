import TminusModel

extension RunState {
    /// What may go on, start, or end.
    ///
    /// A held run finishes and judges what is under way, and starts nothing.
    func decideForward(_ now: Instant, isHeld: Bool) -> [Event.Body] {
        if let facts = stopOverdue(now) ?? failOverdue(now) { return facts }
        if let facts = decideApprovals(now) { return facts }
        if let facts = decideHolds(now, isHeld: isHeld) { return facts }
        if let facts = decideRules(now) { return facts }
        if isHeld { return [] }
        if let facts = faceHeld() { return facts }
        if isPhaseStarted {
            if needsSeal, isSealAwaited, let step = staleEvidence(now) { return [.evidenceExpired(step: step)] }
            if let facts = startSomething(now) { return facts }
            if needsSeal, isSealable, isSealAwaited, isNextOpen(now) {
                let facts = pageAboutSeal()
                if !facts.isEmpty { return facts }
            }
            return unaccepted[...phase].allSatisfy { $0 == 0 } ? finishPhase() : []
        }
        return phase < plan.phases.count ? startPhaseIfOpen(now) : endSucceeded()
    }

    /// Attempts of steps whose total limit is over.
    private func stopOverdue(_ now: Instant) -> [Event.Body]? {
        guard hasTotals else { return nil }
        let overdue = live.first { !$0.isStopping && $0.id.role == .forward && isPastTotal($0.id.step, now) }
        guard let first = overdue else { return nil }
        return [.attemptStopping(first.id, reason: overTotal(first.id.step))]
    }

    private func overTotal(_ step: StepIndex) -> String {
        "over its total limit of \((plan.steps[step].timeouts.total ?? .zero).releaseText)"
    }

    /// Steps under way that have no attempt to stop: a watch, or a canary between two acts, past its total limit.
    private func failOverdue(_ now: Instant) -> [Event.Body]? {
        guard hasTotals else { return nil }
        let overdue = holds.first { isPastTotal($0.step, now) }?.step ?? continuing.first { isPastTotal($0, now) }
        return overdue.map { [.stepFailed(step: $0, cause: .totalTimeout, reason: overTotal($0))] }
    }

    private func decideApprovals(_ now: Instant) -> [Event.Body]? {
        for step in approving {
            guard case .approve(let rule) = plan.steps[step].kind else { continue }
            if steps[step].approvals.count >= rule.count { return [.stepSucceeded(step: step)] }
            if let expires = steps[step].approvalExpires, expires <= now {
                let asked = rule.expires?.releaseText ?? ""
                return [
                    .approvalExpired(step: step),
                    .stepFailed(step: step, cause: .approvalExpired, reason: "nobody approved it within \(asked)"),
                ]
            }
        }
        return nil
    }

    /// Watches and waits whose time has come. A canary goes on only when every rule that judges it passes.
    private func decideHolds(_ now: Instant, isHeld: Bool) -> [Event.Body]? {
        for hold in holds where hold.until <= now {
            let open = steps[hold.step].isLetGo ? nil : openJudgement(of: hold)
            guard let open else {
                if isHeld { continue }
                return [.holdFinished(step: hold.step, act: hold.act)]
            }
            if steps[hold.step].status != .waiting(.judgement) {
                return [.stepWaiting(step: hold.step, for: .judgement)]
            }
            let patience = hold.until.advanced(by: max(hold.until.since(hold.since), .seconds(60)))
            let key = "judgement/\(name(hold.step))/\(steps[hold.step].number).\(hold.act)"
            if patience <= now, !pagedKeys.contains(key) {
                return page(key, "\(name(hold.step)) can't go on: \(open)")
            }
        }
        return nil
    }

    /// Why a watch can't end; nil when every rule that judges the step was measured in it, and passes.
    func openJudgement(of hold: Hold) -> String? {
        for (index, rule) in plan.rules.enumerated() where rule.during.contains(hold.step) && !rule.conduct.isDryRun {
            let state = rules[index]
            if state.isAccepted || isPassedForGood(index) { continue }
            guard let judgement = state.judgement, let measured = state.measuredAt, measured > hold.since else {
                return "\(rule.name) has not been measured since the last shift"
            }
            if !judgement.verdict.passes { return judgement.reason }
        }
        return nil
    }

    /// Rules whose watch is over.
    private func decideRules(_ now: Instant) -> [Event.Body]? {
        for (index, rule) in plan.rules.enumerated() where rules[index].status == .open {
            if isPassedForGood(index), let judgement = rules[index].judgement {
                return [.ruleClosed(rule: index, judgement: judgement)]
            }
            guard let over = watchEnds(index), over <= now else { continue }
            let judgement = rules[index].judgement ?? Judgement(verdict: .noData, reason: "nothing was measured")
            let isMeasured = rules[index].measuredAt.map { $0 >= over } ?? false
            if rule.conduct.isDryRun {
                let patience = over.advanced(by: max(rule.after, .seconds(60)))
                if isMeasured || patience <= now { return [.ruleClosed(rule: index, judgement: judgement)] }
                continue
            }
            if rules[index].isAccepted ? judgement.verdict != .fail : judgement.verdict.passes && isMeasured {
                return [.ruleClosed(rule: index, judgement: judgement)]
            }
            let patience = over.advanced(by: max(rule.after, .seconds(60)))
            if patience <= now {
                let facts = page("rule/\(rule.name)", "\(rule.name) could not conclude: \(judgement.reason)")
                if !facts.isEmpty { return facts }
            }
        }
        return nil
    }

    /// Whether it has passed as often in a row as the rule asks for: then nothing more is measured.
    func isPassedForGood(_ rule: Int) -> Bool {
        guard let limit = plan.rules[rule].conduct.successLimit, !plan.rules[rule].conduct.isDryRun else {
            return false
        }
        return rules[rule].passesInARow >= max(limit, 1)
    }

    /// A page about a rule that has seen too many measurements that say nothing; it holds what waits for it.
    func faceSilence(_ index: Int) -> [Event.Body] {
        let conduct = plan.rules[index].conduct
        guard rules[index].status == .open, let limit = conduct.inconclusiveLimit, !conduct.isDryRun,
            rules[index].silent > max(limit, 0), !rules[index].isAccepted
        else { return [] }
        let rule = plan.rules[index]
        let opened = rules[index].openedAt?.millisecondsSinceEpoch ?? 0
        return page(
            "judgement-silent/\(rule.name)/\(opened)", rules[index].judgement?.reason ?? "\(rule.name) is silent")
    }

    /// When a rule's watch is over: `after` past the end of the last of its steps. Nil while one of them is open.
    func watchEnds(_ rule: Int) -> Instant? {
        var last: Instant?
        for step in plan.rules[rule].during {
            switch steps[step].status {
            case .pending, .waiting, .starting, .running, .unknown: return nil
            case .failed where plan.steps[step].onFailure != .continue: return nil
            case .succeeded, .failed, .cancelled, .skipped, .bypassed:
                if let ended = steps[step].endedAt, ended > last ?? .distantPast { last = ended }
            }
        }
        return last?.advanced(by: plan.rules[rule].after)
    }

    private func finishPhase() -> [Event.Body] {
        var facts: [Event.Body] = [.phaseFinished(phase: phase)]
        if pausesAfter == phase, phase + 1 < plan.phases.count {
            facts.append(.runPaused(by: by, reason: "asked to stop after \(plan.phases[phase].name)"))
        }
        return facts
    }

    private func startPhaseIfOpen(_ now: Instant) -> [Event.Body] {
        if endsHere { return endSealed() }
        if let step = staleEvidence(now) { return [.evidenceExpired(step: step)] }
        if let facts = startSomething(now) { return facts }
        guard unaccepted[..<phase].allSatisfy({ $0 == 0 }) else { return [] }
        // A phase in which nothing is left to do needs no window.
        guard isOpen(phase, now) || unaccepted[phase] == 0, isChangeMet(for: phase, now) else { return [] }
        // In a freeze it may be called started: its steps wait, and ask for the seal when they may begin.
        if needsSeal, isNextOpen(now), !isSealSound(now) { return pageAboutSeal() }
        return [.phaseStarted(phase: phase)]
    }

    /// Whether the phase's window lets steps start; a phase without one always does.
    func isOpen(_ phase: Int, _ now: Instant) -> Bool {
        guard plan.phases[phase].window != nil else { return true }
        guard let (opens, closes) = windows[phase] else { return false }
        return opens <= now && now < closes
    }

    private func endSucceeded() -> [Event.Body] {
        guard live.isEmpty, rules.allSatisfy({ $0.status != .open }), !isCostOpen else { return [] }
        if case .rollback(let undone, _) = lineage, let facts = endLeavingSomething(of: undone) { return facts }
        let bypassed = steps.count { $0.status == .bypassed }
        let failed = steps.count { if case .failed = $0.status { true } else { false } }
        let remarks =
            (bypassed > 0 ? ["\(bypassed) bypassed"] : []) + (failed > 0 ? ["\(failed) failed and was accepted"] : [])
        let all = steps.count == 1 ? "the one step is done" : "all \(steps.count) steps are done"
        let reason = remarks.isEmpty ? all : "\(all), \(remarks.joined(separator: ", "))"
        return [.runEnded(outcome: .succeeded, reason: reason)]
    }

    /// The end of a run that undoes another, when some of it could not be undone: a person must know.
    private func endLeavingSomething(of undone: String) -> [Event.Body]? {
        let left = plan.steps.indices.compactMap { index -> String? in
            if case .failed = steps[index].status { "\(name(index)): \(steps[index].reason)" } else { nil }
        }
        if left.isEmpty { return nil }
        let sentence = "not everything of \(undone) could be put back: \(left.joined(separator: "; "))"
        return page("rollbackIncomplete", sentence) + [.runEnded(outcome: .rollbackIncomplete, reason: sentence)]
    }
}
