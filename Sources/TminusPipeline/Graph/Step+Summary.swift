package import TminusModel

extension Step.Kind {
    /// What a step does, in a few words: `run ./scripts/deploy`, `canary 1 % → 5 % → 25 %, 5m each`.
    package var summary: String {
        switch self {
        case .run(let command): command.isShell ? "shell " + Self.cut(command.argv.last ?? "") : "run \(command.shown)"
        case .http(let call): "\(call.method) \(Self.cut(call.url))"
        case .smoke(let check): smoke(check)
        case .backup(let check): backup(check)
        case .maintenance: "enter maintenance"
        case .maintenanceEnd: "leave maintenance"
        case .migrate(let migration): "migrate (\(migration.kind.rawValue)) \(tool(migration))"
        case .canary(let canary):
            "canary " + canary.weights.prefix(8).map { "\($0) %" }.joined(separator: " → ")
                + (canary.weights.count > 8 ? " …" : "") + ", \(canary.every.releaseText) each"
        case .approve(let rule): approve(rule)
        case .wait(let duration): "wait \(duration.releaseText)"
        }
    }

    private func smoke(_ check: SmokeCheck) -> String {
        let first = Self.cut(check.urls.first ?? "")
        let more = check.urls.count > 1 ? " and \(check.urls.count - 1) more" : ""
        return "smoke \(first)\(more), \(check.times) ×"
    }

    private func backup(_ check: BackupCheck) -> String {
        switch check.tool {
        case .restic(let repository, _): "backup, restic \(Self.cut(repository))"
        case .attestation(let file): "backup, by \(Self.cut(file))"
        case .attestationCommand(let command): "backup, by \(command.shown)"
        }
    }

    private func tool(_ migration: Migration) -> String {
        switch migration.tool {
        case .sqlite(let directory, let database): Self.cut("\(directory) on \(database)")
        case .commands(_, _, let apply, _): apply.shown
        }
    }

    private func approve(_ rule: ApprovalRule) -> String {
        let people = rule.from.isEmpty ? "anyone" : Self.cut(rule.from.joined(separator: ", "))
        return rule.count == 1 ? "approval by \(people)" : "approval by \(rule.count) of \(people)"
    }

    /// One line of at most 60 characters.
    static func cut(_ text: String) -> String {
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        let isCut = line.count > 60 || text.split(separator: "\n").count > 1
        return isCut ? line.prefix(59) + "…" : line
    }
}

extension Command {
    fileprivate var shown: String { Step.Kind.cut(argv.joined(separator: " ")) }
}

extension Step {
    /// What else a person should see beside a step: who judges it, what undoes it, what its gate does differently.
    func marks(in plan: Plan, _ index: StepIndex) -> [String] {
        var marks: [String] = []
        let rules = plan.rules.filter { $0.during.contains(index) }.map(\.name)
        if !rules.isEmpty { marks.append("judged by \(rules.joined(separator: ", "))") }
        if isPivot { marks.append("point of no return") }
        if plan.budget != nil, let budget, !kind.isClosing {
            let limits = [
                budget.warnBelow.map { "ask below \($0.percentText)" },
                budget.stopBelow.map { "hold below \($0.percentText)" },
            ]
            let says = budget.isSkipped ? "no gate" : limits.compactMap { $0 }.joined(separator: ", ")
            marks.append("budget: \(says)")
        }
        if onFailure != .rollback { marks.append("on failure: \(onFailure.rawValue)") }
        return marks
    }
}

extension Step.Kind {
    fileprivate var isClosing: Bool {
        if case .maintenanceEnd = self { true } else { false }
    }
}
