import TminusCore
import TminusModel

/// What the policy demanded of a change, and how it was met.
struct ControlReport {
    let state: RunState
    let clock: WallClock

    init(_ state: RunState, _ clock: WallClock) {
        self.state = state
        self.clock = clock
    }

    /// None where nothing was demanded and nothing was known.
    var lines: [StyledLine] { lineageLines + requirementLines + freezeLines + lockLines }

    private var lineageLines: [StyledLine] {
        switch state.lineage {
        case .rollback(let run, let restores):
            let back = restores.map { "; \($0) is in place again" } ?? ""
            return [StyledLine("undoes \(run)\(back): no freeze and no approval holds it")]
        case .hotfix(let incident): return [StyledLine("hotfix for \(incident)")]
        case nil: return []
        }
    }

    private var requirementLines: [StyledLine] {
        guard let requirement = state.requirement else { return [] }
        let why = requirement.reclassified.map { ": \($0)" } ?? ""
        var lines = [StyledLine("\(requirement.change.rawValue) change\(why)")]
        let missing = state.missingApprovals
        for (entry, left) in zip(requirement.approvals, missing) {
            let whom = entry.from.isEmpty ? "nobody is named" : entry.from.joined(separator: " or ")
            let people = entry.count == 1 ? "approval" : "\(entry.count) approvals"
            let open = left == 0 ? ": given" : left == entry.count ? ": missing" : ": \(left) missing"
            lines.append(StyledLine("\(people) by \(entry.role) (\(whom))\(open)", left == 0 ? .good : .caution))
        }
        if let notBefore = requirement.notBefore {
            let how = requirement.leadTime.isEmpty ? "" : " (\(requirement.leadTime))"
            lines.append(StyledLine("not before \(clock.full(notBefore))\(how)"))
        }
        if let expires = requirement.expires {
            lines.append(StyledLine("to be approved until \(clock.full(expires))", .faint))
        }
        if let incident = requirement.incident { lines.append(StyledLine("incident \(incident)")) }
        if let due = requirement.reviewDue { lines.append(StyledLine("review due \(clock.full(due))")) }
        lines += requirement.notes.map { StyledLine($0) }
        lines.append(StyledLine("policy \(requirement.policyDigest.prefix(16))", .faint))
        return lines
    }

    private var freezeLines: [StyledLine] {
        guard let last = state.freezes.first else { return [] }
        if state.isFreezeExempt {
            return [StyledLine("exempt from freezes; \(last.name) and what else was known held nothing")]
        }
        return state.overrides.map { StyledLine("\($0.freeze) was overridden by \($0.by): \($0.reason)", .caution) }
    }

    private var lockLines: [StyledLine] {
        guard let loss = state.lockLoss else { return [] }
        let back = loss.isBack ? "; it has it again" : ""
        return [StyledLine("\(loss.by) broke its lock\(back): \(loss.reason)", .caution)]
    }
}
