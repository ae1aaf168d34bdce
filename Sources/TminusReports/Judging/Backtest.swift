import TminusCore
import TminusJudgement
package import TminusModel

/// What other rules and limits would have said about a past run, from what the run measured.
///
/// Only what was measured can be judged: a rule needs one of the run's own that read the same indicator of the same
/// version; the budget needs the same indicator and window. What a stopped run would have measured later is not known,
/// so the first stop is all that is claimed.
package struct Backtest: Sendable {
    package struct Stop: Equatable, Sendable {
        package enum Source: Equatable, Sendable {
            case rule(String)
            /// The gate of a step of that name.
            case gate(String)
        }

        package let at: Instant
        package let source: Source
        package let judgement: Judgement
    }

    package let run: String
    package let outcome: RunOutcome?
    /// What turned or held the run in truth; nil when nothing did.
    package let actual: Instant?
    /// The first that the other policy would have done; nil when it would have let the run be.
    package let stop: Stop?
    /// Parts of the other policy that this run's measurements can't answer.
    package let unanswered: [String]

    /// - Parameter policy: a plan made of the other pipeline; its steps are not looked at.
    package init(_ events: [Event], policy: Plan) {
        guard let state = RunState(folding: events) else {
            (run, outcome, actual, stop, unanswered) = ("", nil, nil, nil, ["this is no journal"])
            return
        }
        run = state.run
        outcome = state.outcome
        actual = state.rollback?.at
        var stops: [Stop] = []
        var unanswered: [String] = []
        for rule in policy.rules where !rule.conduct.isDryRun {
            guard let own = Self.match(rule, policy, state.plan) else {
                unanswered.append("\(rule.name) (nothing was measured of \(Self.indicator(rule.indicator, policy)))")
                continue
            }
            if let stop = Self.stop(rule, own, events) { stops.append(stop) }
        }
        if let budget = policy.budget {
            if let reason = Self.unanswerable(budget, policy, state.plan) {
                unanswered.append(reason)
            } else if let stop = Self.gateStop(budget, policy, state, events) {
                stops.append(stop)
            }
        }
        stop = stops.min { $0.at < $1.at }
        self.unanswered = unanswered
    }

    private static func indicator(_ index: Int, _ plan: Plan) -> String {
        plan.indicators.indices.contains(index) ? plan.indicators[index].name : "?"
    }

    /// The run's rule whose measurements answer for `rule`.
    private static func match(_ rule: JudgingRule, _ policy: Plan, _ plan: Plan) -> Int? {
        let name = indicator(rule.indicator, policy)
        let fitting = plan.rules.indices.filter { index in
            let own = plan.rules[index]
            return indicator(own.indicator, plan) == name && own.subject == rule.subject
                && (!rule.comparesWithBaseline || own.comparesWithBaseline)
                && (rule.durations == nil || rule.durations == own.durations)
        }
        return fitting.first { plan.rules[$0].name == rule.name } ?? fitting.first
    }

    private static func stop(_ rule: JudgingRule, _ own: Int, _ events: [Event]) -> Stop? {
        var process: RuleProcess?
        for event in events {
            switch event.body {
            case .ruleOpened(own): process = RuleProcess(rule, opened: event.at)
            case .ruleJudged(own, let measurement, _):
                if process == nil { process = RuleProcess(rule, opened: measurement.from) }
                process?.absorb(measurement)
                if let judgement = process?.standing.judgement, judgement.verdict == .fail {
                    return Stop(at: event.at, source: .rule(rule.name), judgement: judgement)
                }
            default: continue
            }
        }
        return nil
    }

    private static func unanswerable(_ budget: BudgetPolicy, _ policy: Plan, _ plan: Plan) -> String? {
        guard let own = plan.budget else { return "the budget (none was measured)" }
        if indicator(own.indicator, plan) != indicator(budget.indicator, policy) {
            return "the budget (another indicator was measured)"
        }
        if own.window != budget.window || own.method != budget.method {
            return "the budget (another window or method was measured)"
        }
        return nil
    }

    private static func gateStop(_ budget: BudgetPolicy, _ policy: Plan, _ state: RunState, _ events: [Event]) -> Stop?
    {
        for (step, event) in deciding(events) {
            guard case .budgetJudged(_, let measurement, _) = event.body else { continue }
            var own = budget
            if let change = state.plan.steps[step].budget {
                own.warnBelow = change.warnBelow ?? own.warnBelow
                own.stopBelow = change.stopBelow ?? own.stopBelow
            }
            var subject = state.plan.gateSubject(of: step)
            subject.change = policy.change
            let gate = BudgetGate(policy: own, lookbackMin: state.budgetLookbackMin, subject: subject)
            let judgement = gate.judge(measurement)
            if !judgement.verdict.passes {
                return Stop(at: event.at, source: .gate(state.plan.steps[step].name), judgement: judgement)
            }
        }
        return nil
    }

    /// The judgement of each step's gate that counted: the first that let it pass, or else the last. A hold that ended
    /// by itself stopped nothing. In the order of the journal.
    private static func deciding(_ events: [Event]) -> [(step: StepIndex, event: Event)] {
        var result: [(step: StepIndex, event: Event)] = []
        for event in events {
            guard case .budgetJudged(let step, _, _) = event.body else { continue }
            guard let index = result.firstIndex(where: { $0.step == step }) else {
                result.append((step, event))
                continue
            }
            if case .budgetJudged(_, _, let before) = result[index].event.body, !before.verdict.passes {
                result[index].event = event
            }
        }
        return result.sorted { $0.event.sequence < $1.event.sequence }
    }

    // MARK: Words

    package func lines(clock: WallClock) -> [StyledLine] {
        var line = StyledLine("\(run)  ", .strong)
        line.append((outcome?.sentence ?? "not ended") + "  ", outcome?.style ?? .faint)
        guard let stop else {
            line.append("let be", .good)
            return [line] + unanswered.map { StyledLine("  can't say: \($0)", .caution) }
        }
        let by =
            switch stop.source {
            case .rule(let name): "rolled back by \(name)"
            case .gate(let name): "\(name) held at its gate"
            }
        line.append("\(by) at \(clock.full(stop.at))", stop.judgement.verdict.style)
        if let actual {
            let gap = actual.since(stop.at)
            let words =
                gap > .zero
                ? "\(gap.releaseText) earlier than it was"
                : gap < .zero
                    ? "\((.zero - gap).releaseText) later than it was" : "as it was"
            line.append(", \(words)")
        }
        return [line, StyledLine("  \(stop.judgement.reason)", .faint)]
            + unanswered.map { StyledLine("  can't say: \($0)", .caution) }
    }

    package var json: JSON {
        let source: JSON? = stop.map {
            switch $0.source {
            case .rule(let name): .members(["type": .string("rule"), "rule": .string(name)])
            case .gate(let name): .members(["type": .string("gate"), "step": .string(name)])
            }
        }
        return .members([
            "run": .string(run), "outcome": outcome.map { .string($0.rawValue) },
            "actualMilliseconds": actual.map { .integer($0.millisecondsSinceEpoch) },
            "stopMilliseconds": stop.map { .integer($0.at.millisecondsSinceEpoch) }, "stoppedBy": source,
            "judgement": stop.map(\.judgement.json), "unanswered": .strings(unanswered),
        ])
    }
}
