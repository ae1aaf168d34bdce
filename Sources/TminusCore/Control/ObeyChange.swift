import TminusModel

/// Commands about the change as a whole.
extension RunState {
    /// What a command calls the change where a step's name could stand.
    package static let changeName = "change"

    /// Whether a command without a step's name, or with this one, is about the change. With both waiting, the change
    /// comes first. A step called `change` keeps its name.
    func isAboutChange(_ name: String?, isOpen: Bool) -> Bool {
        guard let name else { return isOpen }
        return name == Self.changeName && plan.step(named: name) == nil && guardedPhase != nil
    }

    /// Why this person may not approve or reject the change; nil when they may.
    func changeRefusal(_ person: Person) -> String? {
        guard let requirement else { return nil }
        let whom = requirement.approvals.map { "\($0.role) (\($0.whom(1)))" }.joined(separator: ", ")
        if person.isAutomation { return "\(person.name) is a program, and a change is approved by people: \(whom)" }
        guard requirement.approvals.contains(where: { $0.names(person) }) else {
            return "\(person.name) may not approve or reject this change; these may: \(whom)"
        }
        if person.name == by { return "\(person.name) started this run, so someone else must approve it: \(whom)" }
        if requirement.barred.contains(person.name) {
            return "\(person.name) started or tagged this release, so someone else must approve it: \(whom)"
        }
        return nil
    }

    func approveChange(_ comment: String, _ person: Person, _ now: Instant) -> Obedience {
        guard let requirement, let quorum, isChangeAhead else {
            return refuse("the change of \(run) no longer waits for approval")
        }
        if let rejection = change.rejection { return refuse(rejection) }
        guard approvalsMissing > 0 else {
            return refuse("the change of \(run) needs no more approval\(leadTimeLeft(now))")
        }
        if let why = changeRefusal(person) { return forbid(person, "approve the change", why) }
        if change.approvals.contains(where: { $0.by == person.name }) {
            return refuse("\(person.name) has approved the change already; someone else must: \(missingApprovers)")
        }
        let entries = requirement.approvals.indices.filter { requirement.approvals[$0].names(person) }
        var with = quorum
        guard with.add(entries) else {
            return refuse(
                "nobody in \(person.name)'s place is needed any more; still missing: \(missingApprovers)")
        }
        let count = approvalsMissing - 1
        let more = count > 0 ? ", \(count) more needed" : leadTimeLeft(now)
        let also = approving.map { "; \(name($0)) waits too: `tminus approve \(run) \(name($0))`" }.joined()
        return accept(
            [.changeApproved(by: person.name, entries: entries, comment: comment)],
            "the change is approved by \(person.name)\(more)\(also)")
    }

    func rejectChange(_ reason: String, _ person: Person) -> Obedience {
        guard isChangeAhead else {
            return refuse(
                "the change of \(run) is under way; `tminus abort \(run)` or `tminus rollback \(run)` ends it")
        }
        if let rejection = change.rejection { return refuse(rejection) }
        if person.name == by, !person.isAutomation {
            return refuse("\(person.name) started this run: `tminus abort \(run)` drops it")
        }
        if let why = changeRefusal(person) { return forbid(person, "reject the change", why) }
        return accept([.changeRejected(by: person.name, reason: reason)], "the change is rejected; \(run) ends")
    }

    /// `; its lead time is over in 2d`, or nothing.
    private func leadTimeLeft(_ now: Instant) -> String {
        guard let notBefore = requirement?.notBefore, notBefore > now else { return "" }
        return "; its lead time is over in \(notBefore.since(now).releaseText)"
    }
}
