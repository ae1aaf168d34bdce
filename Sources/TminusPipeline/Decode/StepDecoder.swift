import TminusModel

/// What was written for a step → the step of the plan.
struct StepDecoder {
    let draft: StepDraft
    let index: StepIndex
    let needs: [StepIndex]
    let steps: StepDrafts
    /// Whether the pipeline has a budget that a step can change.
    let hasBudget: Bool

    private var node: YAMLNode { draft.node }

    func step(_ decoding: inout Decoding) -> Step {
        if let opened = draft.closes { return closingStep(steps.positions[opened] ?? 0, decoding) }
        guard let entry = draft.kind else {
            return Step(name: draft.name, phase: draft.phase, needs: needs, kind: .wait(.zero), hasEffect: false)
        }
        let kind = decoding.kind(entry, until: until(entry, &decoding))
        let hasEffect = Self.countsAsEffect(kind) && node["effect"] == nil
        var step = Step(name: draft.name, phase: draft.phase, needs: needs, kind: kind, hasEffect: hasEffect)
        refuseKeysWithoutMeaning(kind, entry.key.text, &decoding)
        step.rollback = rollback(kind, hasEffect, &decoding)
        step.isPivot = node["pivot"]?.isTrue == true || Self.isContract(kind)
        if let retry = node["retry"] { step.retry = Self.retry(retry, &decoding) }
        step.timeouts = Self.timeouts(node, &decoding)
        if let onFailure = node["onFailure"] {
            step.onFailure = Step.OnFailure(rawValue: onFailure.text) ?? .rollback
        }
        step.isIdempotent = node["idempotent"]?.isTrue ?? false
        if let resolve = node["resolve"] { step.resolve = decoding.command(resolve) }
        step.environment = environment(&decoding)
        step.secrets = secrets(&decoding)
        step.budget = budget(&decoding)
        step.validFor = validFor(kind, hasEffect, &decoding)
        return step
    }

    static func countsAsEffect(_ kind: Step.Kind) -> Bool {
        switch kind {
        case .run, .http, .maintenance, .migrate, .canary: true
        case .smoke, .backup, .maintenanceEnd, .approve, .wait: false
        }
    }

    static func isContract(_ kind: Step.Kind) -> Bool {
        if case .migrate(let migration) = kind { migration.kind == .contract } else { false }
    }

    /// Opening the service again is part of the bracket's safety: it is never held by the budget.
    private func closingStep(_ opened: StepIndex, _ decoding: Decoding) -> Step {
        // What is wrong with these keys is reported where they stand, at the step that opens the bracket.
        var silent = decoding
        var step = Step(
            name: draft.name, phase: draft.phase, needs: needs, kind: .maintenanceEnd(opened: opened),
            hasEffect: false)
        step.isIdempotent = node["idempotent"]?.isTrue ?? false
        if let retry = node["retry"] { step.retry = Self.retry(retry, &silent) }
        step.timeouts = Self.timeouts(node, &silent)
        step.environment = node["env"]?.variables ?? []
        step.secrets = secrets(&silent)
        step.budget = StepBudget(isSkipped: true, reason: "leaving maintenance is never held")
        return step
    }

    // MARK: - Brackets

    private func until(_ entry: YAMLEntry, _ decoding: inout Decoding) -> StepIndex {
        guard entry.key.text == "maintenance", let until = entry.value["until"] else { return 0 }
        guard let position = steps.position(of: until, for: "'until' of step '\(draft.name)'", &decoding) else {
            return 0
        }
        if position <= index {
            let problem = position == index ? "is the step itself" : "comes before it"
            decoding.error(
                at: until, "maintenance '\(draft.name)' ends after '\(until.text)', which \(problem)",
                fix: "name a step that runs during the maintenance")
        }
        return position
    }

    // MARK: - Keys that a kind gives no meaning

    private static let processKeys = [
        "retry", "timeout", "totalTimeout", "grace", "idempotent", "resolve", "env", "secrets",
    ]

    private func refuseKeysWithoutMeaning(_ kind: Step.Kind, _ name: String, _ decoding: inout Decoding) {
        var refused: [String] = []
        switch kind {
        case .approve, .wait: refused = Self.processKeys
        case .maintenance: refused = ["effect"]
        case .run, .http, .smoke, .backup, .maintenanceEnd, .migrate, .canary: break
        }
        for entry in node.entries where refused.contains(entry.key.text) {
            decoding.error(
                at: entry.key, "'\(entry.key.text)' means nothing for a step that is '\(name)'", fix: "remove it")
        }
    }

    /// Evidence is asked for again when it is too old; what has an effect is not done twice.
    private func validFor(_ kind: Step.Kind, _ hasEffect: Bool, _ decoding: inout Decoding) -> Duration? {
        guard let entry = node.entry("validFor") else { return nil }
        switch kind {
        case .run, .http, .smoke, .backup, .approve: break
        case .maintenance, .maintenanceEnd, .migrate, .canary, .wait:
            decoding.error(at: entry.key, "'validFor' is for evidence, and this step is none", fix: "remove it")
            return nil
        }
        guard !hasEffect else {
            decoding.error(
                at: entry.key, "'validFor' would do step '\(draft.name)' again, and it has an effect",
                fix: "remove it, or add 'effect: none' if it only looks")
            return nil
        }
        return entry.value.duration
    }

    // MARK: - Rollback

    private func rollback(_ kind: Step.Kind, _ hasEffect: Bool, _ decoding: inout Decoding) -> Step.Rollback {
        let reason = node.entry("reason")
        guard let entry = node.entry("rollback") else {
            if let reason {
                decoding.error(
                    at: reason.key, "'reason' says why a rollback is not needed, and this step does not say so",
                    fix: "add 'rollback: none-needed', or remove the reason")
            }
            return .notDeclared
        }
        if case .maintenance = kind {
            decoding.error(
                at: entry.key, "a maintenance step is rolled back by its own 'leave'", fix: "remove 'rollback'")
            return .notDeclared
        }
        if case .scalar = entry.value.content {
            return .noneNeeded(reason: noneNeeded(kind, hasEffect, reason?.value.text, entry.key, &decoding))
        }
        if let reason {
            decoding.error(at: reason.key, "'reason' goes with 'rollback: none-needed'", fix: "remove it")
        }
        if Self.isContract(kind) {
            decoding.error(
                at: entry.key, "a contract migration is a point of no return: its rollback would never run",
                fix: "remove 'rollback', or split what can be undone into an expand or data migration")
        } else if !hasEffect {
            decoding.error(
                at: entry.key, "step '\(draft.name)' has no effect, so its rollback would never run",
                fix: "remove 'rollback'" + (node["effect"] == nil ? "" : ", or 'effect: none'"))
        }
        let command = decoding.runOrShell(entry.value)
        let retry = entry.value["retry"].map { Self.retry($0, &decoding) } ?? .once
        return .command(
            command, retry: retry, timeouts: Self.timeouts(entry.value, &decoding),
            isIdempotent: entry.value["idempotent"]?.isTrue ?? false)
    }

    private func noneNeeded(
        _ kind: Step.Kind, _ hasEffect: Bool, _ reason: String?, _ key: YAMLKey, _ decoding: inout Decoding
    ) -> String {
        if let reason { return reason }
        if case .migrate(let migration) = kind {
            switch migration.kind {
            case .expand: return "expand: the old version works on the new schema"
            case .data: return "data: the old version works on the changed rows"
            case .contract: return "contract: the point of no return"
            }
        }
        if hasEffect {
            decoding.error(
                at: key, "step '\(draft.name)' has an effect; why does it need no rollback?",
                fix: "add 'reason: \"…\"' beside it, or 'rollback: {run: [...]}'")
        }
        return "the step changes nothing"
    }

    // MARK: - Retries and timeouts

    static func retry(_ node: YAMLNode, _ decoding: inout Decoding) -> RetryPolicy {
        var policy = RetryPolicy()
        if let attempts = node["attempts"]?.integer { policy.attempts = attempts }
        if let interval = node["initialInterval"]?.duration { policy.initialInterval = interval }
        if let interval = node["maximumInterval"]?.duration { policy.maximumInterval = interval }
        if policy.maximumInterval < policy.initialInterval {
            if let maximum = node["maximumInterval"] {
                decoding.error(
                    at: maximum, "'maximumInterval' is shorter than 'initialInterval'",
                    fix: "write at least \(policy.initialInterval.releaseText)")
            }
            policy.maximumInterval = policy.initialInterval
        }
        if let coefficient = node["backoffCoefficient"], let ratio = coefficient.ratio {
            let (scaled, rest) = (Int128(ratio.numerator) * 1_000).quotientAndRemainder(
                dividingBy: Int128(ratio.denominator))
            if rest != 0 {
                decoding.error(at: coefficient, "'backoffCoefficient' has more than three decimals", fix: "round it")
            }
            policy.backoffPerMille = Int(clamping: scaled)
        }
        policy.retryOn = node["retryOn"]?.oneOrMore.compactMap { $0.integer.map(Int32.init(clamping:)) } ?? []
        return policy
    }

    static func timeouts(_ node: YAMLNode, _ decoding: inout Decoding) -> Timeouts {
        var timeouts = Timeouts.standard
        if let attempt = node["timeout"]?.duration { timeouts.attempt = attempt }
        if let grace = node["grace"]?.duration { timeouts.grace = grace }
        guard let total = node["totalTimeout"], let duration = total.duration else { return timeouts }
        timeouts.total = duration
        if let attempt = node["timeout"]?.duration, duration < attempt {
            decoding.error(
                at: total, "'totalTimeout' is shorter than 'timeout'", fix: "write at least \(attempt.releaseText)")
        }
        return timeouts
    }

    // MARK: - Environment

    private func environment(_ decoding: inout Decoding) -> [Variable] {
        for entry in node["env"]?.entries ?? [] { refuseReserved(entry.key, &decoding) }
        return node["env"]?.variables ?? []
    }

    private func secrets(_ decoding: inout Decoding) -> [SecretReference] {
        (node["secrets"]?.entries ?? []).map { entry in
            refuseReserved(entry.key, &decoding)
            if node["env"]?[entry.key.text] != nil {
                decoding.error(
                    at: entry.key, "'\(entry.key.text)' is a variable in 'env' too", fix: "keep one of the two")
            }
            if let file = entry.value["file"] {
                return SecretReference(name: entry.key.text, source: decoding.secretFile(file))
            }
            let variable = entry.value["environment"]?.text ?? ""
            return SecretReference(name: entry.key.text, source: .environment(variable))
        }
    }

    private func refuseReserved(_ key: YAMLKey, _ decoding: inout Decoding) {
        guard key.text.hasPrefix("TMINUS_") else { return }
        decoding.error(
            at: key, "variables that begin with TMINUS_ are Tminus's own", fix: "choose another name")
    }

    // MARK: - Budget

    private func budget(_ decoding: inout Decoding) -> StepBudget? {
        guard let entry = node.entry("budget") else { return nil }
        let node = entry.value
        guard hasBudget else {
            decoding.error(
                at: entry.key, "the pipeline has no 'budget' for step '\(draft.name)' to change",
                fix: "add 'budget:' to the pipeline, or remove this one")
            return nil
        }
        let isSkipped = node["skip"]?.isTrue ?? false
        let limits = ["warnBelow", "stopBelow", "forecast"]
        let limit = node.entries.first { limits.contains($0.key.text) }
        if isSkipped, let limit {
            decoding.error(
                at: limit.key, "the gate is skipped, so '\(limit.key.text)' means nothing", fix: "remove one of the two"
            )
        } else if !isSkipped, limit == nil {
            decoding.error(
                at: entry.key, "'budget' of step '\(draft.name)' changes nothing",
                fix: "write 'skip: true', 'warnBelow', 'stopBelow' or 'forecast'")
        }
        var budget = StepBudget(
            isSkipped: isSkipped, warnBelow: node["warnBelow"]?.ratio, stopBelow: node["stopBelow"]?.ratio,
            reason: node["reason"]?.text ?? "")
        if let forecast = node["forecast"], let share = forecast["share"]?.ratio,
            let errors = forecast["errors"]?.ratio,
            let duration = forecast["for"]?.duration
        {
            budget.forecast = StepForecast(share: share, errorRatio: errors, duration: duration)
        }
        return budget
    }
}
