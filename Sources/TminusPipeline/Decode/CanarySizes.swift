import TminusJudgement
import TminusModel

/// Canaries against the budget: sizes those that ask for it, and works out what the others may cost.
struct CanarySizes {
    let budget: BudgetPolicy
    let rules: [JudgingRule]
    let metrics: MetricEndpoints?
    let steps: StepDrafts

    /// `plan` with sized canaries; with a reserve, every canary gets its forecast.
    func size(_ planned: [Step], _ decoding: inout Decoding) -> [Step] {
        guard let budget = try? ErrorBudget(target: budget.target, window: budget.window) else { return planned }
        var sized = planned
        for index in planned.indices {
            guard case .canary(let canary) = planned[index].kind, let node = steps.drafts[index].node["canary"] else {
                continue
            }
            if let weights = node["weights"], weights.text == "auto" {
                sized[index] = automatic(planned[index], index, canary, node, budget, &decoding)
            } else if self.budget.reserve != nil, planned[index].budget?.forecast == nil,
                planned[index].budget?.isSkipped != true
            {
                sized[index].forecast(written(planned[index], index, canary))
            }
        }
        return sized
    }

    // MARK: - Automatic weights

    private func automatic(
        _ step: Step, _ index: StepIndex, _ canary: Canary, _ node: YAMLNode, _ budget: ErrorBudget,
        _ decoding: inout Decoding
    ) -> Step {
        guard let share = node["spendAtMost"], let limit = share.ratio else { return step }
        let place = node["weights"] ?? node
        guard let rule = watching(index), let detection = detection(rule) else {
            decoding.error(
                at: place,
                "no judging rule of the candidate convicts during '\(step.name)', so nothing bounds its cost",
                fix: "add a rule with 'during: [\(step.name)]' that is not 'dryRun', or write the weights")
            return step
        }
        guard let rollback = rollback(step) else {
            decoding.error(
                at: place, "'\(step.name)' has no rollback that takes the traffic back, so nothing bounds its cost",
                fix: "add 'rollback: {run: [\(canary.shift.argv.first ?? "./scripts/weight"), \"0\"], timeout: 1m}'")
            return step
        }
        let every = node["every"]?.duration
        let limits = CanarySizing.Limits(
            spendAtMost: limit, detection: detection, rollback: rollback, interval: rule.every, every: every)
        do throws(CanarySizingError) {
            let sizing = try CanarySizing(budget, limits)
            var sized = step
            sized.kind = .canary(Canary(weights: sizing.weights, every: sizing.every, shift: canary.shift))
            if step.budget?.isSkipped != true, step.budget?.forecast == nil { sized.forecast(sizing.forecast) }
            return sized
        } catch {
            let fix: String
            switch error {
            case .nothingFits:
                fix =
                    "let the rollback end sooner ('timeout', now \(rollback.releaseText) in all), let a rule find it "
                    + "sooner (now \(detection.releaseText)), or allow more"
            case .tooShort: fix = "write at least \(detection.releaseText), or 'every: auto'"
            }
            let at = error.isAboutTime ? node["every"] ?? share : share
            decoding.error(at: at, "\(error)", fix: fix)
            return step
        }
    }

    /// The rule that convicts a candidate that fails everything soonest; rules of the whole service may not see it at
    /// a small weight.
    private func watching(_ index: StepIndex) -> JudgingRule? {
        rules.filter { $0.during.contains(index) && $0.subject == .candidate && !$0.conduct.isDryRun }
            .filter { $0.looksToConvict != nil }
            .min { (detection($0) ?? .seconds(Int64.max / 2_000)) < (detection($1) ?? .seconds(Int64.max / 2_000)) }
    }

    /// One look more than it takes, because the failure may begin in the middle of one; and what was read may be one
    /// reading old.
    private func detection(_ rule: JudgingRule) -> Duration? {
        guard let metrics, var looks = rule.looksToConvict else { return nil }
        if case .below = rule.trip { looks += 1 }
        return rule.conduct.warmUp + rule.every * looks + metrics.every + metrics.timeout
    }

    /// The longest that the rollback may take with all its attempts; nil when there is none.
    private func rollback(_ step: Step) -> Duration? {
        guard case .command(_, let retry, let timeouts, _) = step.rollback, let attempt = timeouts.attempt else {
            return nil
        }
        var all: Duration = .zero
        var delay = retry.initialInterval
        for number in 0..<max(retry.attempts, 1) {
            if number > 0 {
                all += min(delay, retry.maximumInterval)
                delay = min(.milliseconds(delay.milliseconds / 1_000 * Int64(retry.backoffPerMille)), .seconds(86_400))
            }
            all += attempt + timeouts.grace
        }
        return timeouts.total.map { min(all, $0 + timeouts.grace) } ?? all
    }

    // MARK: - Written weights

    /// A candidate that fails everything: at the last weight until it is found and taken back; when no rule finds it,
    /// through all weights. Without a rollback that is the end of it.
    private func written(_ step: Step, _ index: StepIndex, _ canary: Canary) -> StepForecast? {
        guard let last = canary.weights.last, last > 0 else { return nil }
        let back = rollback(step) ?? .zero
        if let rule = watching(index), let detection = detection(rule) {
            return CanarySizing.worst(last, detection + back)
        }
        // Σ weight × every, as time at the last weight.
        let sum = canary.weights.reduce(0, +)
        let through = Duration.milliseconds(canary.every.milliseconds / Int64(last) * Int64(sum))
        return CanarySizing.worst(last, through + back)
    }
}

extension CanarySizingError {
    fileprivate var isAboutTime: Bool {
        if case .tooShort = self { true } else { false }
    }
}

extension Step {
    fileprivate mutating func forecast(_ forecast: StepForecast?) {
        guard let forecast else { return }
        var own = budget ?? StepBudget(reason: "")
        own.forecast = forecast
        budget = own
    }
}
