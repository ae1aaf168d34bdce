package import TminusModel

/// How far the approval of a run's change has come.
package struct ChangeStanding: Equatable, Sendable {
    /// One person's yes.
    package struct Approval: Equatable, Sendable {
        package internal(set) var by: String
        /// Positions in the requirement's approvals that this person may stand for.
        package internal(set) var entries: [Int]
        package internal(set) var at: Instant
        package internal(set) var comment: String
    }

    package internal(set) var approvals: [Approval] = []
    /// Why the change is not to be made; nil while nobody and nothing has said so.
    package internal(set) var rejection: String?

    package init() {}
}

/// Who stands for which approval. People may be entitled to several and count for one, so they are assigned in the way
/// that fills most places: whoever comes later is never turned away because of whom an earlier one was taken for.
struct Quorum {
    /// Places still open, by entry.
    private(set) var missing: [Int]
    /// Places filled.
    private(set) var filled = 0
    private var assigned: [[Int]]
    private var people: [[Int]] = []

    init(_ requirement: ChangeRequirement, _ people: some Sequence<[Int]>) {
        missing = requirement.approvals.map { max($0.count, 0) }
        assigned = requirement.approvals.map { _ in [] }
        for entries in people { _ = add(entries) }
    }

    /// Takes one more person in; false when no place is left that they, or somebody moved for them, could fill.
    mutating func add(_ entries: [Int]) -> Bool {
        people.append(entries)
        var tried = assigned.map { _ in false }
        let isTaken = place(people.count - 1, &tried)
        if isTaken { filled += 1 }
        return isTaken
    }

    /// Depth is at most the number of entries: each is tried once.
    private mutating func place(_ person: Int, _ tried: inout [Bool]) -> Bool {
        for entry in people[person] where assigned.indices.contains(entry) && !tried[entry] {
            tried[entry] = true
            if missing[entry] > 0 {
                missing[entry] -= 1
                assigned[entry].append(person)
                return true
            }
            for seat in assigned[entry].indices where place(assigned[entry][seat], &tried) {
                assigned[entry][seat] = person
                return true
            }
        }
        return false
    }
}

extension RunState {
    /// A run that undoes another's release waits for no freeze and no approval.
    var isRollbackOfRelease: Bool {
        if case .rollback? = lineage { true } else { false }
    }

    /// The phase that starts only with the change's approvals and not before its time; nil where nothing is required.
    package var guardedPhase: Int? {
        guard let requirement, !isRollbackOfRelease else { return nil }
        return min(requirement.phase, max(plan.phases.count - 1, 0))
    }

    /// Whether that phase is still to start.
    package var isChangeAhead: Bool {
        guard let guardedPhase else { return false }
        return phase < guardedPhase || phase == guardedPhase && !isPhaseStarted
    }

    /// How many people must still approve the change. Every approval that was taken fills one place.
    package var approvalsMissing: Int {
        guard let requirement, guardedPhase != nil else { return 0 }
        return max(requirement.approvals.reduce(0) { $0 + max($1.count, 0) } - change.approvals.count, 0)
    }

    /// Whether the change waits for people.
    var isChangeOpen: Bool { isChangeAhead && approvalsMissing > 0 && change.rejection == nil }

    /// Whether `phase` may start as far as the change is concerned.
    func isChangeMet(for phase: Int, _ now: Instant) -> Bool {
        guard let guardedPhase, phase >= guardedPhase else { return true }
        return approvalsMissing == 0 && change.rejection == nil && (requirement?.notBefore ?? .distantPast) <= now
    }

    var quorum: Quorum? {
        requirement.map { Quorum($0, change.approvals.map(\.entries)) }
    }

    /// People still missing, one number for each approval of the requirement.
    package var missingApprovals: [Int] { quorum?.missing ?? [] }

    /// Who is still missing: `CAB (2 of group:cab), operations manager (ada or group:ops)`; empty when nobody is.
    package var missingApprovers: String {
        guard let requirement, let missing = quorum?.missing else { return "" }
        return zip(requirement.approvals, missing).filter { $0.1 > 0 }
            .map { entry, count in "\(entry.role) (\(entry.whom(count)))" }.joined(separator: ", ")
    }

    /// Rejection and expiry, as facts; nil when nothing of the kind is the matter, empty when nothing can be done but
    /// wait for a person.
    func faceChange(_ now: Instant) -> [Event.Body]? {
        if let rejection = change.rejection {
            guard startedAt != nil else { return [.runEnded(outcome: .failed, reason: rejection)] }
            return turnBack(.change, rejection)
        }
        guard isChangeOpen, let expires = requirement?.expires, expires <= now else { return nil }
        return [.changeExpired]
    }
}

extension ChangeRequirement.Approval {
    /// `2 of group:cab`, `ada or group:ops`.
    func whom(_ count: Int) -> String {
        let names = from.isEmpty ? "nobody is named" : from.joined(separator: " or ")
        return count == 1 ? names : "\(count) of \(names)"
    }

    /// Whether this person is one of those asked for.
    package func names(_ person: Person) -> Bool {
        from.contains(person.name) || person.groups.contains { from.contains("group:\($0)") }
    }
}
