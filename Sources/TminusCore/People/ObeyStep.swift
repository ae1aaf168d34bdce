package import TminusModel

/// Commands about one step.
extension RunState {
    private func named(_ name: String, _ body: (StepIndex) -> Obedience) -> Obedience {
        switch find(name) {
        case .success(let step): body(step)
        case .failure(let refusal): refuse(refusal.message)
        }
    }

    /// The one step that waits for approval, when no name was given.
    private func approvable(_ name: String?, _ body: (StepIndex, ApprovalRule) -> Obedience) -> Obedience {
        func with(_ step: StepIndex) -> Obedience {
            guard approving.contains(step), case .approve(let rule) = plan.steps[step].kind else {
                return refuse("\(self.name(step)) does not wait for approval; it is \(steps[step].status.word)")
            }
            return body(step, rule)
        }
        if let name { return named(name, with) }
        switch approving.count {
        case 0: return refuse("nothing of \(run) waits for approval")
        case 1: return with(approving[0])
        default:
            let names = approving.map { self.name($0) }.joined(separator: ", ")
            return refuse("several steps wait for approval, name one: \(names)")
        }
    }

    func approve(_ name: String?, _ comment: String, _ person: Person, _ now: Instant) -> Obedience {
        if rollback != nil || abort != nil { return refuse("\(run) is turning back; there is nothing to approve") }
        // A change that has its approvals, and waits for its time, says so.
        if isAboutChange(name, isOpen: isChangeOpen || isChangeAhead && approving.isEmpty) {
            return approveChange(comment, person, now)
        }
        return approvable(name) { step, rule in
            if let why = refusal(of: person, rule) {
                return forbid(person, "approve \(self.name(step))", why)
            }
            if steps[step].approvals.contains(where: { $0.by == person.name }) {
                return refuse("\(person.name) has approved \(self.name(step)) already; someone else must")
            }
            let count = steps[step].approvals.count + 1
            let more = count < rule.count ? ", \(rule.count - count) more needed" : ""
            return accept(
                [.approvalGiven(step: step, by: person.name, comment: comment)],
                "\(self.name(step)) is approved by \(person.name)\(more)")
        }
    }

    func reject(_ name: String?, _ reason: String, _ person: Person) -> Obedience {
        if rollback != nil || abort != nil { return refuse("\(run) is turning back already") }
        if isAboutChange(name, isOpen: isChangeOpen || isChangeAhead && approving.isEmpty) {
            return rejectChange(reason, person)
        }
        return approvable(name) { step, rule in
            if let why = refusal(of: person, rule) {
                return forbid(person, "reject \(self.name(step))", why)
            }
            let sentence = "rejected by \(person.name): \(reason)"
            return accept(
                [
                    .approvalRejected(step: step, by: person.name, reason: reason),
                    .stepFailed(step: step, cause: .rejected, reason: sentence),
                ],
                "\(self.name(step)) is rejected")
        }
    }

    /// Why this person may not answer for a step; nil when they may. Where a policy is in force, whoever started or
    /// tagged the release answers for none of its steps, whatever the pipeline says.
    private func refusal(of person: Person, _ rule: ApprovalRule) -> String? {
        if let why = rule.refusal(of: person, starter: by) { return why }
        guard let requirement, person.name == by || requirement.barred.contains(person.name) else { return nil }
        return "\(person.name) started or tagged this release, so someone else must approve"
    }

    func go(_ name: String, _ reason: String, _ person: Person) -> Obedience {
        if let rule = plan.rules.firstIndex(where: { $0.name == name }), plan.step(named: name) == nil {
            guard rules[rule].status == .open else { return refuse("\(name) is not being watched") }
            if rules[rule].judgement?.verdict == .fail {
                return refuse("\(name) has failed, and that is not a matter of opinion: roll back, or bypass its step")
            }
            return accept(
                [.ruleAccepted(rule: rule, by: person.name, reason: reason)], "\(name) is accepted as it is")
        }
        if let obedience = renewSeal(name, reason, person) { return obedience }
        return named(name) { step in
            switch steps[step].status {
            case .waiting(.budget), .waiting(.judgement):
                guard reason.contains(where: { !$0.isWhitespace }) else {
                    return refuse("a go for \(name) needs a reason; it is kept in the run's journal")
                }
                if steps[step].status == .waiting(.budget) {
                    let order = "override the error budget for \(name)"
                    guard person.may(.overrideBudget) else { return forbid(person, order, .overrideBudget) }
                    if let why = overrideRefusal(person) { return forbid(person, order, why) }
                }
                return accept([.goGiven(step: step, by: person.name, reason: reason)], "\(name) goes on")
            default:
                return refuse("\(name) waits for no go; it is \(steps[step].status.word)")
            }
        }
    }

    /// Whether the run ends because this step failed: what runs beside it is told to stop, and can't be taken up again.
    func isEnding(by step: StepIndex) -> Bool {
        failing.contains(step) && plan.steps[step].onFailure == .fail
    }

    private func endingRefusal(_ step: StepIndex) -> String {
        "\(name(step)) failed, and \(run) ends because of it when what ran beside it has stopped; start a new run, or "
            + "roll this one back: tminus rollback \(run)"
    }

    func retry(_ name: String, _ reason: String, _ person: Person) -> Obedience {
        named(name) { step in
            if rollback != nil { return refuse("\(run) is rolling back; nothing is tried again") }
            switch steps[step].status {
            case .failed, .unknown:
                if steps[step].status.isAccepted(plan.steps[step].onFailure) {
                    return refuse("\(name) failed, and the run went on without it")
                }
                if isEnding(by: step) { return refuse(endingRefusal(step)) }
                if let on = live.first(where: { $0.id.step == step }) {
                    return refuse("\(name) still has an attempt under way (\(on.id.role.rawValue))")
                }
                return accept([.retryAsked(step: step, by: person.name, reason: reason)], "\(name) starts again")
            case .pending, .waiting, .starting, .running, .succeeded, .cancelled, .skipped, .bypassed:
                return refuse("\(name) is \(steps[step].status.word); only a failed step is tried again")
            }
        }
    }

    func bypass(_ name: String, _ reason: String, _ person: Person) -> Obedience {
        named(name) { step in
            if rollback != nil { return refuse("\(run) is rolling back; there is nothing to bypass") }
            switch steps[step].status {
            case .failed where steps[step].status.isAccepted(plan.steps[step].onFailure):
                return refuse("\(name) failed, and the run went on without it")
            case .failed where isEnding(by: step): return refuse(endingRefusal(step))
            case .failed, .unknown, .pending, .waiting:
                if live.contains(where: { $0.id.step == step }) {
                    return refuse("\(name) still has an attempt under way")
                }
                return accept(
                    [.stepBypassed(step: step, by: person.name, reason: reason)],
                    "\(name) counts as done, on \(person.name)'s word")
            case .starting, .running:
                return refuse("\(name) is running; abort the run, or wait for its end")
            case .succeeded, .cancelled, .skipped, .bypassed:
                return refuse("\(name) is \(steps[step].status.word) already")
            }
        }
    }

    func resolve(_ name: String, _ isDone: Bool, _ reason: String, _ person: Person) -> Obedience {
        named(name) { step in
            let role: AttemptID.Role
            if steps[step].undo == .unknown {
                role = .rollback
            } else if steps[step].status == .unknown {
                role = .forward
            } else {
                return refuse("what became of \(name) is known: it is \(steps[step].status.word)")
            }
            if live.contains(where: { $0.id.step == step }) {
                return refuse("\(name) is being looked into by its probe; ask again in a moment")
            }
            let fact = Event.Body.stepResolved(
                step: step, role: role, isDone: isDone, by: person.name, reason: "\(person.name): \(reason)")
            return accept([fact], "\(name) counts as \(isDone ? "done" : "not done")")
        }
    }

    func lift(_ name: String, _ isLifted: Bool, _ reason: String, _ person: Person) -> Obedience {
        named(name) { step in
            guard kept.contains(step) else { return refuse("\(name) is no bracket that waits to be lifted") }
            if isLifted {
                return accept(
                    [.bracketLifted(step: step, by: person.name, reason: reason)], "\(name) is being left")
            }
            let sentence = "kept on by \(person.name): \(reason)"
            return accept([.stepRollbackFailed(step: step, reason: sentence)], "\(name) stays on")
        }
    }
}

extension ApprovalRule {
    /// Why this person may not approve; nil when they may. Who started the run counts only where named by account.
    package func refusal(of person: Person, starter: String) -> String? {
        if person.isAutomation { return "\(person.name) is a program, and steps are approved by people" }
        if from.isEmpty || from.contains(person.name) { return nil }
        let whom = from.joined(separator: ", ")
        guard from.contains(where: { entry in person.groups.contains { entry == "group:\($0)" } }) else {
            return "\(person.name) may not approve this; \(whom) may"
        }
        if person.name == starter { return "\(person.name) started this run, so someone else of \(whom) must approve" }
        return nil
    }
}
