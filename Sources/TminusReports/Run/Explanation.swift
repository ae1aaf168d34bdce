package import TminusCore
package import TminusModel

/// Why a run, or a step, is where it is: every fact that led there, and the numbers behind each conclusion.
package struct Explanation: Sendable {
    private let state: RunState
    private let events: [Event]
    private let now: Instant
    private let clock: WallClock

    /// - Parameter events: all of the run's, oldest first; `state` is their fold.
    package init(_ state: RunState, events: [Event], now: Instant, clock: WallClock) {
        self.state = state
        self.events = events
        self.now = now
        self.clock = clock
    }

    private var plan: Plan { state.plan }

    // MARK: The run

    package var ofRun: [StyledLine] {
        var lines = [
            StyledLine("\(state.run): ", .strong).appending(state.status.sentence, state.status.style)
        ]
        if let rollback = state.rollback {
            lines.append(StyledLine("why: \(rollback.cause.words(plan, because: rollback.reason))"))
        } else if !state.headline.isEmpty {
            lines.append(StyledLine("why: \(state.headline)"))
        }
        lines += needLines(nil) + chain { body in Self.isAboutTheRun(body) }
        if case .rule(let rule)? = state.rollback?.cause { lines += ruleLines(rule) }
        for (index, step) in state.steps.enumerated() where isTroubled(step) {
            lines.append(StyledLine("\(plan.steps[index].name): \(step.status.word). \(step.reason)", .caution))
            lines.append(StyledLine("  more: tminus explain \(state.run) \(plan.steps[index].name)", .faint))
        }
        return lines + ReplayReport(replay, plan).lines(about: nil)
    }

    private func isTroubled(_ step: StepState) -> Bool {
        switch step.status {
        case .failed, .unknown, .cancelled: true
        case .pending, .waiting, .starting, .running, .succeeded, .skipped, .bypassed: false
        }
    }

    // MARK: A step

    package func of(_ index: StepIndex) -> [StyledLine] {
        let step = state.steps[index]
        let detail = StepText.detail(index, state, now: now, clock: clock)
        let sign = Glyphs.unicode.step(step)
        var lines = [
            StyledLine("\(sign.sign) ", sign.style).appending("\(plan.steps[index].name) ", .strong)
                .appending(step.status.word)
                .appending(detail.words.isEmpty ? "" : ": \(detail.words)", detail.style)
        ]
        lines.append(StyledLine("it does: \(KindText.sentence(index, plan))", .faint))
        lines += blockerLines(index) + needLines(plan.steps[index].name)
        lines += gateLines(step)
        let facts = chain { body in body.step == index }
        lines += facts
        for rule in plan.rules.indices where plan.rules[rule].during.contains(index) { lines += ruleLines(rule) }
        let watching = plan.rules.indices.filter { plan.rules[$0].during.contains(index) }
        return lines + ReplayReport(replay, plan).lines(about: [.gate(index)] + watching.map { .rule($0) })
    }

    /// What must be accepted before it may start.
    private func blockerLines(_ index: StepIndex) -> [StyledLine] {
        guard state.steps[index].status == .pending, state.outcome == nil else { return [] }
        var lines: [StyledLine] = []
        for need in plan.steps[index].needs
        where !state.steps[need].status.isAccepted(plan.steps[need].onFailure) {
            lines.append(
                StyledLine("needs \(plan.steps[need].name), which is \(state.steps[need].status.word)", .caution))
        }
        let phase = plan.steps[index].phase
        if phase > state.phase {
            lines.append(
                StyledLine(
                    "its phase \(plan.phases[phase].name) starts when \(plan.phases[phase - 1].name) is done", .caution)
            )
        }
        return lines
    }

    private func gateLines(_ step: StepState) -> [StyledLine] {
        let judgement: Judgement
        switch step.gate {
        case .notAsked: return []
        case .overridden: return [StyledLine("gate: \(step.reason)")]
        case .held(let held, _): judgement = held
        case .passed(let passed, _): judgement = passed
        }
        return [
            StyledLine("gate: ").appending(judgement.verdict.words, judgement.verdict.style)
                .appending(": \(judgement.reason)")
        ] + figureLines(judgement)
    }

    // MARK: A rule

    /// What a judging rule saw and said, measurement by measurement.
    package func ofRule(_ index: Int) -> [StyledLine] {
        ruleLines(index)
            + chain { body in
                switch body {
                case .ruleOpened(index), .ruleJudged(index, _, _), .ruleClosed(index, _), .ruleAccepted(index, _, _):
                    true
                case .rollbackStarted(cause: .rule(index), _): true
                default: false
                }
            } + ReplayReport(replay, plan).lines(about: [.rule(index)])
    }

    private var replay: Replay { Replay(events) }

    // MARK: Parts

    private func needLines(_ step: String?) -> [StyledLine] {
        state.needs(now: now).filter { step == nil || $0.step == step }.flatMap { need in
            [StyledLine("waits: \(need.sentence)", .caution)]
                + need.typed.map { StyledLine("  to decide: \($0)", .strong) }
        }
    }

    private func ruleLines(_ index: Int) -> [StyledLine] {
        let own = state.rules[index]
        var lines = [StyledLine("judged by \(plan.rules[index].name): \(RuleText.sentence(plan.rules[index], plan))")]
        guard let judgement = own.judgement else {
            return lines + [StyledLine("  nothing was measured yet", .faint)]
        }
        lines.append(
            StyledLine("  ").appending(judgement.verdict.words, judgement.verdict.style)
                .appending(": \(judgement.reason)"))
        lines += figureLines(judgement)
        lines.append(StyledLine("  samples, oldest first:", .faint))
        let shown = own.history.suffix(20)
        if own.history.count > shown.count {
            lines.append(StyledLine("    and \(own.history.count - shown.count) before these", .faint))
        }
        for measurement in shown {
            lines.append(StyledLine("    \(RuleText.measurement(measurement, plan.rules[index], clock))", .faint))
        }
        return lines
    }

    private func figureLines(_ judgement: Judgement) -> [StyledLine] {
        judgement.figures.map { StyledLine("    \($0.name): \($0.text)", .faint) }
    }

    /// The facts that `isWanted` picks, told as they were when they happened.
    private func chain(_ isWanted: (Event.Body) -> Bool) -> [StyledLine] {
        var lines = [StyledLine("what happened:", .strong)]
        var narrator = Narrator(plan, clock: clock)
        guard let first = events.first, case .runSubmitted(let submission) = first.body else { return [] }
        var past = RunState(submission, at: first.at)
        for event in events {
            if event.sequence > 1 { past.apply(event) }
            guard isWanted(event.body), let line = narrator.line(for: event, in: past) else { continue }
            lines.append(StyledLine("  \(event.sequence)".padded(to: 7), .faint).appending(line))
        }
        return lines.count > 1 ? lines : []
    }

    private static func isAboutTheRun(_ body: Event.Body) -> Bool {
        switch body {
        case .runSubmitted, .lockWaited, .runStarted, .runPaused, .runResumed, .abortAsked, .rollbackStarted,
            .runEnded, .windowSet, .phaseStarted, .phaseFinished, .pageRaised, .stepFailed, .stepUnknown,
            .ruleAccepted, .bracketKept, .bracketLifted, .stepRollbackFailed, .freezesSet, .freezeOverridden,
            .changeApproved, .changeRejected, .changeExpired, .orderRefused, .lockBroken, .phaseSealed, .sealChecked,
            .sealRenewed:
            true
        default: false
        }
    }

    // MARK: For programs

    /// What a judging rule measured and said, and whether it says so again.
    package func json(ofRule rule: Int) -> JSON {
        let names = StepNames(plan)
        let chosen = events.filter { event in
            if case .ruleJudged(rule, _, _) = event.body { true } else { false }
        }
        return .members([
            "run": .string(state.run), "rule": .string(plan.rules[rule].name),
            "judgement": state.rules[rule].judgement.map(\.json),
            "replay": ReplayReport(replay, plan).json(about: [.rule(rule)]),
            "events": .array(chosen.map { $0.json(names) }),
        ])
    }

    /// The events about a step, or all, and what is waited for.
    package func json(of step: StepIndex?) -> JSON {
        let names = StepNames(plan)
        let chosen = events.filter { event in step.map { event.body.step == $0 } ?? (event.sequence > 1) }
        return .members([
            "run": .string(state.run), "step": step.map { .string(plan.steps[$0].name) },
            "status": .string(step.map { state.steps[$0].status.word } ?? state.status.word),
            "reason": .string(step.map { state.steps[$0].reason } ?? state.headline),
            "needs": .array(
                state.needs(now: now).filter { need in step.map { plan.steps[$0].name == need.step } ?? true }
                    .map { need in
                        .members([
                            "kind": .string(need.kind.rawValue), "step": need.step.map(JSON.string),
                            "sentence": .string(need.sentence), "commands": .strings(need.commands),
                            "person": .bool(need.needsPerson),
                        ])
                    }),
            "replay": ReplayReport(replay, plan).json(about: step.map { [.gate($0)] }),
            "events": .array(chosen.map { $0.json(names) }),
        ])
    }
}

extension Event.Body {
    /// The step this fact is about; nil for facts about the run, a phase or a rule.
    package var step: StepIndex? {
        switch self {
        case .evidenceExpired(let step), .stepWaiting(let step, _), .budgetJudged(let step, _, _),
            .costMeasured(let step, _, _),
            .goGiven(let step, _, _), .approvalAsked(let step, _), .approvalGiven(let step, _, _),
            .approvalRejected(let step, _, _), .approvalExpired(let step), .retryScheduled(let step, _, _),
            .holdStarted(let step, _, _), .holdFinished(let step, _), .stepSucceeded(let step),
            .stepFailed(let step, _, _), .stepUnknown(let step, _, _), .stepResolved(let step, _, _, _, _),
            .stepCancelled(let step, _), .stepSkipped(let step, _), .stepBypassed(let step, _, _),
            .retryAsked(let step, _, _), .stepRolledBack(let step), .stepRollbackFailed(let step, _),
            .stepRollbackSkipped(let step, _), .bracketKept(let step, _), .bracketLifted(let step, _, _):
            step
        case .attemptStarting(let id), .attemptRunning(let id), .attemptStopping(let id, _), .attemptEnded(let id, _):
            id.step
        case .runSubmitted, .lockWaited, .runStarted, .runPaused, .runResumed, .abortAsked, .rollbackStarted,
            .runEnded, .windowSet, .phaseStarted, .phaseFinished, .ruleOpened, .ruleJudged, .ruleClosed,
            .ruleAccepted, .pageRaised, .freezesSet, .freezeOverridden, .changeApproved, .changeRejected,
            .changeExpired, .orderRefused, .lockBroken, .phaseSealed, .sealChecked, .sealRenewed:
            nil
        }
    }
}
