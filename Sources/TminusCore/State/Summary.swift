package import TminusModel

extension RunState {
    /// Where the run stands, in one word.
    package var status: RunStatus {
        if let outcome { return .ended(outcome) }
        if rollback != nil { return .rollingBack }
        if isLockLost { return .waiting }
        if pause != nil { return .paused }
        let isBusy = !live.isEmpty || holds.contains { steps[$0.step].status == .running }
        return startedAt != nil && isBusy ? .running : .waiting
    }

    /// One line about the run, for lists.
    package func summary(now: Instant) -> RunSummary {
        RunSummary(
            run: run, pipeline: plan.pipeline, service: plan.service, environment: plan.environment, status: status,
            by: by, submitted: submittedAt, ended: endedAt, headline: outcome == nil ? doing(now) : headline)
    }

    private func doing(_ now: Instant) -> String {
        if let need = needs(now: now).first, need.needsPerson || live.isEmpty { return need.sentence }
        if rollback != nil { return headline }
        let on = live.prefix(4).map { name($0.id.step) } + holds.prefix(4).map { name($0.step) }
        guard !on.isEmpty else { return "" }
        let count = live.count + holds.count
        let shown = on.prefix(4).joined(separator: ", ")
        return count > 4 ? "\(shown) and \(count - 4) more" : shown
    }

    /// What an attempt of a step sees besides `PATH`, `HOME`, `LANG`, its secrets and `TMINUS_OUTPUT`; later entries
    /// win.
    ///
    /// Values come from people and earlier steps: they are environment entries, and never part of a command line.
    package func environment(of attempt: AttemptID, fence: String) -> [Variable] {
        let step = plan.steps[attempt.step]
        var variables = step.environment
        func set(_ name: String, _ value: String) { variables.append(Variable(name: name, value: value)) }
        for input in plan.inputs {
            set("TMINUS_INPUT_\(input.name.variableName)", input.value)
            if let pin = input.pin { set("TMINUS_INPUT_\(input.name.variableName)_COMMIT", pin.commit) }
        }
        variables += outputVariables
        if case .command(_, let own) = plan.work(of: attempt) { variables.append(contentsOf: own) }
        set("TMINUS_PIPELINE", plan.pipeline)
        set("TMINUS_SERVICE", plan.service)
        set("TMINUS_ENVIRONMENT", plan.environment)
        set("TMINUS_RUN", run)
        set("TMINUS_STEP", step.name)
        set("TMINUS_ATTEMPT", String(attempt.number))
        if case .rollback(let undone, _) = lineage {
            set("TMINUS_ROLE", AttemptID.Role.rollback.rawValue)
            set("TMINUS_ROLLBACK_OF", undone)
        } else {
            set("TMINUS_ROLE", attempt.role.rawValue)
        }
        set("TMINUS_IDEMPOTENCY_KEY", key(of: attempt))
        set("TMINUS_FENCE", fence)
        return variables
    }

    /// What the steps so far have written, as later ones see it.
    var outputVariables: [Variable] {
        writers.flatMap { index in
            steps[index].outputs.map { output in
                Variable(
                    name: "TMINUS_OUTPUT_\(plan.steps[index].name.variableName)_\(output.name.variableName)",
                    value: output.value)
            }
        }
    }

    private func key(of attempt: AttemptID) -> String {
        let act = plan.actCount(of: attempt.step) > 1 && attempt.role == .forward ? "/\(attempt.act)" : ""
        let role = attempt.role == .forward ? "" : "/\(attempt.role.rawValue)"
        return "\(run)/\(plan.steps[attempt.step].name)\(role)\(act)"
    }
}

extension String {
    /// `release-notes.url` as an environment variable's name: `RELEASE_NOTES_URL`.
    package var variableName: String {
        String(
            decoding: utf8.map { byte -> UInt8 in
                switch byte {
                case 0x61...0x7A: byte - 0x20
                case 0x30...0x39, 0x41...0x5A: byte
                default: UInt8(ascii: "_")
                }
            }, as: UTF8.self)
    }
}
