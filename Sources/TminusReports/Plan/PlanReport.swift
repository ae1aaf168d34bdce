package import TminusModel

/// What a plan would do: for `tminus plan`.
package struct PlanReport: Sendable {
    let plan: Plan
    let digest: String
    let clock: WallClock
    /// What the gate would say now; nil when it could not be asked, and `budgetUnknown` says why.
    let budget: Judgement?
    let budgetUnknown: String?
    /// The next opening of each phase's window, by phase; nil for a phase without one.
    let windows: [(opens: Instant, closes: Instant)?]
    /// What the release brings; nil for a plan that no tag made.
    let changes: ChangeReport?

    package init(
        _ plan: Plan, digest: String, clock: WallClock, budget: Judgement?, budgetUnknown: String? = nil,
        windows: [(opens: Instant, closes: Instant)?] = [], changes: ChangeReport? = nil
    ) {
        self.plan = plan
        self.digest = digest
        self.clock = clock
        self.budget = budget
        self.budgetUnknown = budgetUnknown
        self.windows = windows
        self.changes = changes
    }

    package var lines: [StyledLine] {
        head + [StyledLine()] + changeLines + plan.phases.indices.flatMap(phaseLines) + gateLines + judgeLines
            + inverseLines
            + tailLines
    }

    private var head: [StyledLine] {
        var lines = [StyledLine("plan of \(plan.pipeline)", .strong).appending("  \(Title.release(plan))")]
        lines.append(
            StyledLine("\(plan.change.rawValue) change, \(plan.release.rawValue) release, digest \(digest)", .faint))
        lines += SourceLines.of(plan)
        for input in plan.inputs {
            let pin = input.pin.map { " (commit \($0.commit.prefix(12)))" } ?? ""
            lines.append(StyledLine("input \(input.name) = \(input.value)\(pin)", .faint))
        }
        return lines
    }

    private var changeLines: [StyledLine] {
        guard let lines = changes?.lines, !lines.isEmpty else { return [] }
        return [StyledLine("Changes", .strong)] + lines.map { StyledLine("  ").appending($0) } + [StyledLine()]
    }

    // MARK: Steps

    private func phaseLines(_ phase: Int) -> [StyledLine] {
        var heading = StyledLine(plan.phases[phase].name, .strong)
        if let window = plan.phases[phase].window {
            heading.append("  window \(WindowText.daily(window))", .faint)
            if windows.indices.contains(phase), let (opens, closes) = windows[phase] {
                heading.append(", next \(clock.short(opens)) to \(clock.short(closes)) \(clock.zone)", .faint)
            }
        }
        var lines = [heading]
        let waves = Waves.of(plan).first { $0.phase == phase }?.waves ?? []
        for (index, wave) in waves.enumerated() {
            for (position, step) in wave.enumerated() {
                let label = position == 0 ? "\(index + 1)".paddedLeft(to: 4) : "    "
                lines.append(stepLine(step, label))
            }
        }
        return lines + [StyledLine()]
    }

    private func stepLine(_ index: StepIndex, _ label: String) -> StyledLine {
        let step = plan.steps[index]
        var line = StyledLine(label + "  ", .faint)
        line.append(step.name.padded(to: nameWidth) + "  ")
        line.append(KindText.sentence(index, plan))
        var marks: [String] = []
        if step.isPivot { marks.append("point of no return") }
        if step.retry.attempts > 1 { marks.append("up to \(step.retry.attempts) tries") }
        if let own = step.budget.flatMap(BudgetText.own) { marks.append(own) }
        if step.onFailure != .rollback { marks.append("on failure: \(step.onFailure.rawValue)") }
        if !step.hasEffect { marks.append("no effect") }
        if !marks.isEmpty { line.append("  (\(marks.joined(separator: "; ")))", step.isPivot ? .caution : .faint) }
        return line
    }

    private var nameWidth: Int { min(max(plan.steps.map(\.name.utf8.count).max() ?? 0, 8), 30) }

    // MARK: Gates and judging

    private var gateLines: [StyledLine] {
        guard let policy = plan.budget else {
            return [StyledLine("Gate: none; no step asks an error budget", .caution), StyledLine()]
        }
        var lines = [
            StyledLine("Gate before every step", .strong),
            StyledLine("  \(BudgetText.policy(policy))"),
        ]
        let more = PolicyLines.tiers(policy) + PolicyLines.conduct(policy) + PolicyLines.forecasts(plan)
        lines += more.map { StyledLine("  \($0)") }
        if let budget {
            lines.append(
                StyledLine("  now: ").appending(budget.verdict.words, budget.verdict.style)
                    .appending(": \(budget.reason)"))
        } else {
            lines.append(StyledLine("  now: unknown: \(budgetUnknown ?? "it was not asked")", .caution))
        }
        return lines + [StyledLine()]
    }

    private var judgeLines: [StyledLine] {
        guard !plan.rules.isEmpty else { return [] }
        var lines = [StyledLine("Judged; a trip rolls back", .strong)]
        for rule in plan.rules {
            let during = rule.during.map { plan.steps[$0].name }.joined(separator: ", ")
            let after = rule.after > .zero ? " and \(rule.after.releaseText) after" : ""
            lines.append(
                StyledLine("  \(rule.name.padded(to: 12))  \(RuleText.sentence(rule, plan))")
                    .appending("  every \(rule.every.releaseText) during \(during)\(after)", .faint))
            if let bursts = RuleText.bursts(rule) { lines.append(StyledLine("                \(bursts)", .faint)) }
        }
        return lines + [StyledLine()]
    }

    // MARK: The way back

    private var inverseLines: [StyledLine] {
        let inverse = InversePlan(plan)
        var lines = [StyledLine("Inverse plan, first undone first", .strong)]
        if inverse.entries.isEmpty { lines.append(StyledLine("  nothing to undo: no step has an effect")) }
        for (position, entry) in inverse.entries.enumerated() {
            var line = StyledLine("\(position + 1)".paddedLeft(to: 4) + "  ", .faint)
            line.append(plan.steps[entry.step].name.padded(to: nameWidth) + "  ")
            if let command = entry.command {
                line.append(KindText.argv(command), .undone)
            } else {
                line.append("nothing: \(entry.reason ?? "")", .faint)
            }
            lines.append(line)
        }
        let names = inverse.pointsOfNoReturn.map { plan.steps[$0].name }.joined(separator: ", ")
        lines.append(
            names.isEmpty
                ? StyledLine("  no point of no return: every step can be taken back", .faint)
                : StyledLine("  point of no return: \(names); past it nothing is rolled back by itself", .caution))
        return lines + [StyledLine()]
    }

    private var tailLines: [StyledLine] {
        let when = plan.source == nil ? "now" : "in the tagged commit"
        var lines = [StyledLine("\(Count.of(plan.files.count, "pinned file")), used as they are \(when)", .faint)]
        if let deadline = plan.deadline {
            lines.append(StyledLine("deadline \(deadline.releaseText) for the whole run, then it rolls back", .faint))
        }
        lines.append(StyledLine("at most \(plan.attemptsAtOnceMax) attempts at once", .faint))
        for contact in plan.contacts {
            lines.append(StyledLine("\(contact.role): \(contact.name), \(contact.reach)", .faint))
        }
        return lines
    }
}
