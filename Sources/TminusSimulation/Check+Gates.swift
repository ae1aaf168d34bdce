import TminusCore
import TminusModel

/// Gates, written without the product's judge: the world knows what each measurement really was.
extension World {
    mutating func checkGate(_ event: Event, _ run: Int) {
        switch event.body {
        case .budgetJudged(let step, let measurement, let judgement):
            let isPass = judgement.verdict == .pass
            runs[run].ledger.steps[step].passed = isPass ? (measurement, event.at) : nil
            let since = runs[run].ledger.steps[step].heldSince
            runs[run].ledger.steps[step].heldSince = isPass ? nil : since ?? event.at
        case .stepWaiting(let step, .window): runs[run].ledger.steps[step].heldSince = nil
        case .goGiven(let step, let by, _):
            checkOverride(step, by, run)
            runs[run].ledger.steps[step].heldSince = nil
            runs[run].ledger.steps[step].isLetGo = true
            runs[run].ledger.steps[step].isJudgementLetGo = true
        case .approvalAsked(let step, _):
            runs[run].ledger.steps[step].approvers = []
            checkForward(approval: step, event, run)
        case .approvalGiven(let step, let by, _): checkApproval(step, by, run)
        case .ruleOpened(let rule): runs[run].ledger.rules[rule].isOpen = true
        case .ruleJudged(let rule, let measurement, let judgement):
            runs[run].ledger.rules[rule].last = (measurement, judgement.verdict)
        case .ruleAccepted(let rule, _, _): runs[run].ledger.rules[rule].isAccepted = true
        case .ruleClosed(let rule, _):
            runs[run].ledger.rules[rule].isOpen = false
            checkRulePassed(rule, since: nil, run)
        default: break
        }
    }

    /// A hold of the budget is overridden only by somebody named for it.
    private mutating func checkOverride(_ step: StepIndex, _ by: String, _ run: Int) {
        guard case .waiting(.budget)? = runs[run].folded?.steps[step].status,
            let overriders = runs[run].plan.budget?.overriders, !overriders.isEmpty
        else { return }
        let groups = Self.people.first { $0.name == by }?.groups ?? []
        if !overriders.contains(by),
            !overriders.contains(where: { entry in groups.contains { entry == "group:\($0)" } })
        {
            violate("override", "\(by) overrides the budget and may not")
        }
    }

    private mutating func checkForward(approval step: StepIndex, _ event: Event, _ run: Int) {
        let plan = runs[run].plan
        for need in plan.steps[step].needs where !runs[run].ledger.steps[need].isAccepted {
            violate("I5", "\(plan.steps[step].name) asks for approval before \(plan.steps[need].name) is accepted")
        }
        runs[run].ledger.steps[step].hasStarted = true
    }

    /// An approval is of this run: whoever gave it said so to this one.
    mutating func checkAddressed(_ by: String, _ run: Int) {
        if !runs[run].ledger.orderedApprovals.contains(by) { violate("I15", "\(by) approved another run") }
    }

    private mutating func checkApproval(_ step: StepIndex, _ by: String, _ run: Int) {
        checkAddressed(by, run)
        guard case .approve(let rule) = runs[run].plan.steps[step].kind else { return }
        if runs[run].ledger.steps[step].approvers.contains(by) { violate("I15", "\(by) approves twice") }
        let groups = Self.people.first { $0.name == by }?.groups ?? []
        let isNamed = rule.from.isEmpty || rule.from.contains(by)
        let isInGroup = groups.contains { rule.from.contains("group:\($0)") }
        if !isNamed, !isInGroup { violate("I15", "\(by) approves and may not") }
        if !isNamed, by == "amy" { violate("I15", "amy approves her own run") }
        runs[run].ledger.steps[step].approvers.append(by)
    }

    /// A step that asks the budget starts on a fresh pass of a healthy measurement, or on a person's word.
    mutating func checkPassed(_ step: StepIndex, _ at: Instant, _ run: Int) {
        let entry = runs[run].ledger.steps[step]
        let name = runs[run].plan.steps[step].name
        // A retry goes on from a gate that was passed.
        if entry.isLetGo || isRetry(step, run) { return }
        guard let (measurement, judged) = entry.passed else {
            violate("I13", "\(name) starts, and its gate was not passed")
            return
        }
        guard let known = runs[run].budgets.last(where: { $0.measurement == measurement }) else {
            violate("I13", "\(name) starts on a measurement that nobody made")
            return
        }
        if !known.truth.passesBudget { violate("I13", "\(name) starts, and the metrics were \(known.truth)") }
        if judged.since(measurement.at) > .seconds(60) { violate("I13", "\(name) starts on an old measurement") }
        if at.since(judged) > .seconds(60) { violate("I13", "\(name) starts on an old pass") }
    }

    private func isRetry(_ step: StepIndex, _ run: Int) -> Bool {
        guard case .waiting(.retry)? = runs[run].folded?.steps[step].status else { return false }
        return true
    }

    /// A watch ends when every rule of its step was measured within it and found good, or on a person's word.
    mutating func checkWatch(_ step: StepIndex, _ run: Int) {
        let ledger = runs[run].ledger
        if ledger.steps[step].isJudgementLetGo { return }
        for (rule, entry) in ledger.rules.enumerated() where ledger.plan.rules[rule].during.contains(step) {
            if !entry.isAccepted, !ledger.plan.rules[rule].conduct.isDryRun {
                checkRulePassed(rule, since: ledger.steps[step].holdSince, run)
            }
        }
    }

    private mutating func checkRulePassed(_ rule: Int, since: Instant?, _ run: Int) {
        let entry = runs[run].ledger.rules[rule]
        let name = runs[run].plan.rules[rule].name
        if entry.isAccepted || runs[run].plan.rules[rule].conduct.isDryRun { return }
        guard let last = entry.last else {
            violate("I13", "\(name) passes without having been measured")
            return
        }
        if last.verdict != .pass { violate("I13", "\(name) passes on \(last.verdict)") }
        if let since, last.measurement.to <= since { violate("I13", "\(name) passes on a measurement of before") }
        guard let known = runs[run].readings.last(where: { $0.measurement == last.measurement }) else {
            violate("I13", "\(name) passes on a measurement that nobody made")
            return
        }
        // A comparison weighs all intervals, and may not be swayed by the last: that it was measured must hold.
        if runs[run].plan.rules[rule].comparesWithBaseline, known.truth.isData { return }
        if !known.truth.passesRule { violate("I13", "\(name) passes, and the metrics were \(known.truth)") }
    }
}
