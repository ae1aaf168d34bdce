package import TminusCore
package import TminusModel

/// What became of a run: a pure function of its events.
package struct RunReport: Sendable {
    let state: RunState
    let events: [Event]
    let clock: WallClock

    /// - Parameter events: all of the run's, oldest first; `state` is their fold.
    package init(_ state: RunState, events: [Event], clock: WallClock) {
        self.state = state
        self.events = events
        self.clock = clock
    }

    private var plan: Plan { state.plan }

    /// A few lines: the outcome, why, and what it cost. For the end of `tminus run`.
    package var short: [StyledLine] {
        var lines = [StyledLine()] + verdictLines
        lines.append(contentsOf: orderLines)
        if let cost = costLine { lines.append(cost) }
        lines.append(StyledLine("the whole report: tminus run show \(state.run)", .faint))
        return lines
    }

    /// Everything a person asks afterwards.
    package var full: [StyledLine] {
        titleLines + section("Outcome", verdictLines) + section("Change control", controlLines)
            + section("Changes", changeReport.lines)
            + section("Steps", stepLines) + section("Judging", ruleLines)
            + section("Rollback", rollbackLines) + section("Error budget", budgetLines)
            + section("People", peopleLines) + section("Pages", pageLines)
    }

    private var controlLines: [StyledLine] { ControlReport(state, clock).lines }

    var changeReport: ChangeReport {
        ChangeReport(state.changes, until: state.endedAt ?? state.lastAt, clock: clock)
    }

    private func section(_ title: String, _ lines: [StyledLine]) -> [StyledLine] {
        lines.isEmpty ? [] : [StyledLine(), StyledLine(title, .strong)] + lines.map { indented($0) }
    }

    private func indented(_ line: StyledLine) -> StyledLine {
        var result = StyledLine("  ")
        for span in line.spans { result.append(span.text, span.style) }
        return result
    }

    private func name(_ step: StepIndex) -> String { plan.steps[step].name }

    // MARK: Title and outcome

    private var titleLines: [StyledLine] {
        var first = StyledLine(state.run, .strong)
        first.append("  \(Title.release(plan))")
        var lines = [first]
        let ended = state.endedAt.map { " to \(clock.full($0)), \($0.since(state.submittedAt).positive.releaseText)" }
        lines.append(StyledLine("\(clock.full(state.submittedAt))\(ended ?? ", not ended")", .faint))
        let reason = state.reason.map { ": \($0)" } ?? ""
        lines += SourceLines.of(plan)
        lines.append(StyledLine("started by \(state.by)\(reason)", .faint))
        for input in plan.inputs {
            let pin = input.pin.map { " (commit \($0.commit.prefix(12)))" } ?? ""
            lines.append(StyledLine("input \(input.name) = \(input.value)\(pin)", .faint))
        }
        lines.append(
            StyledLine("plan \(state.digest.prefix(16)), \(Count.of(plan.files.count, "pinned file"))", .faint))
        return lines
    }

    private var verdictLines: [StyledLine] {
        var first = StyledLine("\(state.run) ", .strong)
        first.append(state.status.sentence, state.status.style)
        let elapsed = (state.endedAt ?? state.lastAt).since(state.submittedAt).positive
        first.append(" after \(elapsed.releaseText)")
        var lines = [first]
        if let rollback = state.rollback {
            lines.append(StyledLine("why: \(rollback.cause.words(plan, because: rollback.reason))"))
            if case .rule(let rule) = rollback.cause { lines.append(contentsOf: convicting(rule)) }
        } else if !state.headline.isEmpty {
            let label = state.outcome == .succeeded ? "" : "why: "
            lines.append(StyledLine("\(label)\(state.headline)"))
        }
        if state.rollback != nil, !state.headline.isEmpty, state.headline != state.rollback?.reason {
            lines.append(StyledLine("end: \(state.headline)"))
        }
        return lines
    }

    /// The criterion, the samples it had, and what it concluded.
    private func convicting(_ index: Int) -> [StyledLine] {
        let rule = plan.rules[index]
        var lines = [StyledLine("criterion: \(rule.name), \(RuleText.sentence(rule, plan))")]
        guard let judgement = state.rules[index].judgement else { return lines }
        lines.append(
            StyledLine("verdict: ").appending(judgement.verdict.words, judgement.verdict.style)
                .appending(": \(RuleText.reason(judgement.reason, without: rule.name))"))
        for figure in judgement.figures { lines.append(StyledLine("  \(figure.name): \(figure.text)", .faint)) }
        let history = state.rules[index].history
        lines.append(StyledLine("samples: \(Count.of(history.count, "measurement")), the last:"))
        for measurement in history.suffix(5) {
            lines.append(StyledLine("  \(RuleText.measurement(measurement, rule, clock))", .faint))
        }
        return lines
    }

    // MARK: Steps

    private var stepLines: [StyledLine] {
        let width = min(plan.steps.map(\.name.utf8.count).max() ?? 0, 30)
        var lines: [StyledLine] = []
        for (index, step) in plan.steps.enumerated() {
            let own = state.steps[index]
            let (sign, style) = Glyphs.unicode.step(own)
            var line = StyledLine("\(sign) ", style)
            line.append(step.name.padded(to: width) + "  ")
            let detail = StepText.detail(index, state, now: state.lastAt, clock: clock)
            line.append(own.status.word.padded(to: 10))
            line.append(times(own).padded(to: 26), .faint)
            line.append(own.number > 1 ? "\(own.number) tries  " : "", .caution)
            if !detail.words.isEmpty, detail.words != own.status.word { line.append(detail.words, detail.style) }
            lines.append(line)
            if let cost = costs[index] {
                lines.append(StyledLine("  " + String(repeating: " ", count: width) + "  cost: \(cost)", .faint))
            }
        }
        return lines
    }

    private func times(_ step: StepState) -> String {
        guard let started = step.startedAt else { return "" }
        let elapsed = StepTimes.elapsed(step).map { " \($0.releaseText)" } ?? ""
        return "\(clock.time(started))\(elapsed)"
    }

    private var ruleLines: [StyledLine] {
        plan.rules.indices.compactMap { index in
            let rule = state.rules[index]
            guard rule.status != .unopened else { return nil }
            let verdict = rule.judgement?.verdict
            var line = StyledLine("\(Glyphs.unicode.verdict(verdict)) ", verdict?.style ?? .faint)
            line.append("\(plan.rules[index].name): ")
            line.append(verdict?.words ?? "nothing was measured", verdict?.style ?? .faint)
            if let judgement = rule.judgement {
                let reason = RuleText.reason(judgement.reason, without: plan.rules[index].name)
                line.append(" after \(Count.of(rule.history.count, "measurement")): \(reason)")
            }
            return line
        }
    }

    // MARK: Rollback

    private var rollbackLines: [StyledLine] {
        guard let rollback = state.rollback else { return [] }
        var lines = [
            StyledLine(
                "\(clock.time(rollback.at))  began: \(rollback.cause.words(plan, because: rollback.reason))", .undone)
        ]
        for event in events {
            switch event.body {
            case .attemptStarting(let id) where id.role == .rollback:
                let again = id.number > 1 ? ", try \(id.number)" : ""
                lines.append(StyledLine("\(clock.time(event.at))  \(name(id.step)): started\(again)", .faint))
            case .stepRolledBack(let step):
                lines.append(StyledLine("\(clock.time(event.at))  \(name(step)): rolled back", .undone))
            case .stepRollbackFailed(let step, let reason):
                lines.append(StyledLine("\(clock.time(event.at))  \(name(step)): failed: \(reason)", .bad))
            case .stepRollbackSkipped(let step, let reason):
                lines.append(StyledLine("\(clock.time(event.at))  \(name(step)): nothing to do: \(reason)", .faint))
            case .bracketKept(let step, let reason):
                lines.append(StyledLine("\(clock.time(event.at))  \(name(step)): kept closed: \(reason)", .bad))
            case .bracketLifted(let step, let by, let reason):
                lines.append(StyledLine("\(clock.time(event.at))  \(name(step)): opened by \(by): \(reason)"))
            default: continue
            }
        }
        return lines
    }

    /// `rolled back in this order: promote, canary, maintenance`; broken between names, for the narrowest terminal.
    private var orderLines: [StyledLine] {
        let order = rollbackOrder
        guard !order.isEmpty else { return [] }
        let text = "rolled back in this order: \(order.map { name($0) }.joined(separator: ", "))"
        return text.wrapped(to: 78).enumerated().map { StyledLine($0 == 0 ? $1 : "  " + $1) }
    }

    /// Steps in the order their undoing started.
    package var rollbackOrder: [StepIndex] {
        var order: [StepIndex] = []
        for event in events {
            if case .attemptStarting(let id) = event.body, id.role == .rollback, !order.contains(id.step) {
                order.append(id.step)
            }
        }
        return order
    }

    // MARK: Cost

    private var costs: [StepIndex: String] { BudgetCost(state, events).sentences }

    private var costLine: StyledLine? {
        BudgetCost(state, events).whole.map { StyledLine("cost: \($0)") }
    }

    private var budgetLines: [StyledLine] {
        guard let policy = plan.budget else { return [] }
        var lines = [
            StyledLine("\(policy.objective) \(policy.target.percentText) over \(policy.window.releaseText)")
        ]
        for told in gateJudgements {
            let again = told.times > 1 ? ", asked \(told.times) times, last" : ""
            lines.append(
                StyledLine("\(clock.time(told.at))  \(name(told.step))\(again): ", .faint)
                    .appending(told.judgement.verdict.words, told.judgement.verdict.style)
                    .appending(": \(told.judgement.reason)"))
        }
        if let line = costLine { lines.append(line) }
        return lines
    }

    private struct GateTelling {
        var step: StepIndex
        var at: Instant
        var times: Int
        var judgement: Judgement
    }

    /// What the gate said, a step that was held again and again with the same verdict told once, with its last words.
    private var gateJudgements: [GateTelling] {
        var told: [GateTelling] = []
        for event in events {
            guard case .budgetJudged(let step, _, let judgement) = event.body else { continue }
            if let last = told.last, last.step == step, last.judgement.verdict == judgement.verdict {
                told[told.count - 1].times += 1
                told[told.count - 1].judgement = judgement
            } else {
                told.append(GateTelling(step: step, at: event.at, times: 1, judgement: judgement))
            }
        }
        return told
    }

    // MARK: People

    private var peopleLines: [StyledLine] {
        events.compactMap { event in
            decision(event.body).map { StyledLine("\(clock.full(event.at))  ", .faint).appending($0) }
        }
    }

    private func decision(_ body: Event.Body) -> String? {
        switch body {
        case .approvalGiven(let step, let by, let comment):
            "\(by) approved \(name(step))" + (comment.isEmpty ? "" : ": \(comment)")
        case .approvalRejected(let step, let by, let reason): "\(by) rejected \(name(step)): \(reason)"
        case .goGiven(let step, let by, let reason): "\(by) said go for \(name(step)): \(reason)"
        case .runPaused(let by, let reason): "\(by) paused the run: \(reason)"
        case .runResumed(let by): "\(by) resumed the run"
        case .sealRenewed(let phase, let by, let reason):
            "\(by) had \(plan.phases[phase].name) sealed anew: \(reason)"
        case .retryAsked(let step, let by, let reason): "\(by) tried \(name(step)) again: \(reason)"
        case .stepBypassed(let step, let by, let reason): "\(by) bypassed \(name(step)): \(reason)"
        case .stepResolved(let step, _, let isDone, let by, let reason):
            "\(by) said that \(name(step)) was \(isDone ? "done" : "not done"): \(reason)"
        case .bracketLifted(let step, let by, let reason): "\(by) opened \(name(step)): \(reason)"
        case .ruleAccepted(let rule, let by, let reason): "\(by) accepted \(plan.rules[rule].name): \(reason)"
        case .abortAsked(let by, let reason, let keeps):
            "\(by) aborted the run\(keeps ? ", keeping what was done" : ""): \(reason)"
        case .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused, .lockBroken:
            ControlText(state, clock).sentence(body)
        case .rollbackStarted(.asked(let by), let reason): "\(by) rolled the run back: \(reason)"
        default: nil
        }
    }

    private var pageLines: [StyledLine] {
        events.compactMap { event in
            guard case .pageRaised(_, let reason) = event.body else { return nil }
            return StyledLine("\(clock.full(event.at))  ", .faint).appending(reason, .bad)
        }
    }
}
