package import TminusModel

/// Something a run waits for, and what to do about it.
package struct Need: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case lock, window, approval, budget, judgement, failure, unknown, bracket, pause, pivot, freeze, change, seal
    }

    package var kind: Kind
    /// Nil for the run as a whole.
    package var step: String?
    /// What it waits for, and whom; one sentence.
    package var sentence: String
    /// Commands that would change it, most likely first; empty when only time or another run can.
    package var commands: [String]
    /// Whether a person is needed: time alone won't do.
    package var needsPerson: Bool
}

extension RunState {
    /// What the run waits for, most pressing first; empty when it is running by itself, or over.
    package func needs(now: Instant) -> [Need] {
        guard outcome == nil else { return [] }
        var needs: [Need] = []
        needs.append(contentsOf: kept.map(bracketNeed))
        needs.append(contentsOf: unknown.filter { isUnknownSettled($0) && isOpenUnknown($0) }.map(unknownNeed))
        if isLockLost { needs.append(lockNeed) }
        if rollback != nil { return needs }
        needs.append(contentsOf: failing.map(failureNeed))
        needs.append(contentsOf: pivots.filter(isLeftInDoubt).map(doubtNeed))
        if let need = changeNeed(now) { needs.append(need) }
        if let pause, !isLockLost {
            needs.append(
                need(.pause, nil, "paused by \(pause.by): \(pause.reason)", ["tminus resume \(run)"], person: true))
        }
        if startedAt == nil {
            let sentence = lockHolder.map { "waits for \($0), which holds \(plan.service) in \(plan.environment)" }
            needs.append(need(.lock, nil, sentence ?? "waits for its turn", [], person: false))
            return needs
        }
        if let need = sealNeed(now) { needs.append(need) }
        needs.append(contentsOf: freezeNeeds(now))
        needs.append(contentsOf: approving.map(approvalNeed))
        needs.append(contentsOf: gated.compactMap { gateNeed($0, now) })
        needs.append(contentsOf: holds.compactMap { judgementNeed($0, now) })
        needs.append(contentsOf: rules.indices.compactMap { trippedNeed($0) ?? ruleNeed($0, now) })
        if phase < plan.phases.count, !isOpen(phase, now) {
            let hasRenewed = gated.contains { steps[$0].status == .waiting(.window) }
            if hasRenewed || unaccepted[..<phase].allSatisfy({ $0 == 0 }) { needs.append(windowNeed(now)) }
        }
        return needs
    }

    func need(
        _ kind: Need.Kind, _ step: StepIndex?, _ sentence: String, _ commands: [String], person: Bool
    ) -> Need {
        Need(kind: kind, step: step.map { name($0) }, sentence: sentence, commands: commands, needsPerson: person)
    }

    private func isOpenUnknown(_ step: StepIndex) -> Bool {
        steps[step].undo == .unknown || rollback == nil
    }

    private func bracketNeed(_ step: StepIndex) -> Need {
        let base = "tminus resolve \(run) \(name(step))"
        return need(.bracket, step, steps[step].reason, ["\(base) --lift", "\(base) --keep"], person: true)
    }

    private func unknownNeed(_ step: StepIndex) -> Need {
        let base = "tminus resolve \(run) \(name(step))"
        let what = steps[step].undo == .unknown ? "the rollback of \(name(step))" : name(step)
        return need(
            .unknown, step, "\(what) may or may not have been done: \(steps[step].reason)",
            ["\(base) --done", "\(base) --not-done"], person: true)
    }

    private func failureNeed(_ step: StepIndex) -> Need {
        if isEnding(by: step) {
            let end = "the run ends when what ran beside it has stopped"
            return need(.failure, step, "\(name(step)) failed: \(steps[step].reason); \(end)", [], person: false)
        }
        let past = plan.steps[step].onFailure == .rollback ? pivotPassed : nil
        let pivot = past.map { "; \($0) was the point of no return" } ?? ""
        return need(
            past == nil ? .failure : .pivot, step, "\(name(step)) failed: \(steps[step].reason)\(pivot)",
            ["tminus retry \(run) \(name(step))", "tminus bypass \(run) \(name(step))", "tminus rollback \(run)"],
            person: true)
    }

    /// A point of no return that may have been done, and waits to be tried again: a run that must turn back can't.
    private func isLeftInDoubt(_ step: StepIndex) -> Bool {
        steps[step].isInDoubt && steps[step].status != .unknown && !live.contains { $0.id.step == step }
    }

    private func doubtNeed(_ step: StepIndex) -> Need {
        need(
            .pivot, step, "\(name(step)) is the point of no return and may have been done: \(steps[step].reason)",
            ["tminus bypass \(run) \(name(step))", "tminus rollback \(run) --past-pivot"], person: true)
    }

    private func approvalNeed(_ step: StepIndex) -> Need {
        guard case .approve(let rule) = plan.steps[step].kind else {
            preconditionFailure("\(name(step)) waits for approval and asks for none")
        }
        let whom = rule.from.isEmpty ? "anyone" : rule.from.joined(separator: " or ")
        let given = steps[step].approvals.map(\.by).joined(separator: ", ")
        let sofar = given.isEmpty ? "" : " (so far \(given))"
        let people = rule.count == 1 ? "approval" : "approval by \(rule.count) people"
        return need(
            .approval, step, "\(name(step)) waits for \(people): \(whom)\(sofar)",
            ["tminus approve \(run) \(name(step))", "tminus reject \(run) \(name(step))"], person: true)
    }

    private func gateNeed(_ step: StepIndex, _ now: Instant) -> Need? {
        switch steps[step].gate {
        case .held(let judgement, _):
            return need(
                .budget, step, "\(name(step)) is held: \(judgement.reason)\(whatThen(step, now))",
                ["tminus go \(run) \(name(step))"],
                person: judgement.verdict == .warning)
        case .notAsked, .passed, .overridden: return nil
        }
    }

    /// What happens if it stays held, and whose go it takes.
    private func whatThen(_ step: StepIndex, _ now: Instant) -> String {
        guard let policy = plan.budget else { return "" }
        var text = policy.overriders.isEmpty ? "" : " (\(policy.overriders.joined(separator: " or ")) may override)"
        if let limit = policy.holdLimit, let over = holdOver(step), over > now {
            let then =
                switch limit.then {
                case .rollback: "the run rolls back"
                case .fail: "the run fails"
                case .page: "somebody is paged"
                }
            text += "; still so in \(over.since(now).releaseText), \(then)"
        }
        return text
    }

    private func judgementNeed(_ hold: Hold, _ now: Instant) -> Need? {
        guard hold.until <= now, !steps[hold.step].isLetGo, let open = openJudgement(of: hold) else { return nil }
        return need(
            .judgement, hold.step, "\(name(hold.step)) watches on: \(open)", ["tminus go \(run) \(name(hold.step))"],
            person: false)
    }

    /// A rule that tripped where nothing may be rolled back by itself.
    private func trippedNeed(_ index: Int) -> Need? {
        guard rules[index].status == .open, !plan.rules[index].conduct.isDryRun, let judgement = rules[index].judgement,
            judgement.verdict == .fail,
            let pivot = pivotPassed ?? pivotInDoubt.map({ name($0) })
        else { return nil }
        return need(
            .pivot, nil, "\(judgement.reason); \(pivot) is the point of no return",
            ["tminus rollback \(run) --past-pivot", "tminus abort \(run) --keep"], person: true)
    }

    private func ruleNeed(_ index: Int, _ now: Instant) -> Need? {
        let rule = plan.rules[index]
        guard rules[index].status == .open, !rule.conduct.isDryRun, phase == plan.phases.count,
            let over = watchEnds(index)
        else { return nil }
        if now < over {
            return need(
                .judgement, nil, "\(rule.name) is watched for another \(over.since(now).releaseText)", [],
                person: false)
        }
        let why = rules[index].judgement?.reason ?? "nothing was measured"
        return need(
            .judgement, nil, "\(rule.name) could not conclude: \(why)",
            ["tminus go \(run) \(rule.name)", "tminus rollback \(run)"], person: true)
    }

    private func windowNeed(_ now: Instant) -> Need {
        let name = plan.phases[phase].name
        guard let (opens, _) = windows[phase], now < opens else {
            return need(.window, nil, "\(name) waits for its window", [], person: false)
        }
        return need(.window, nil, "\(name) waits for its window, in \(opens.since(now).releaseText)", [], person: false)
    }
}
