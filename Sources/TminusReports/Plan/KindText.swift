import TminusModel

/// What a step does, in one line.
enum KindText {
    static func sentence(_ index: StepIndex, _ plan: Plan) -> String {
        switch plan.steps[index].kind {
        case .run(let command): command.isShell ? "shell: \(command.argv.last ?? "")" : argv(command.argv)
        case .http(let call): "\(call.method) \(call.url)"
        case .smoke(let check): "smoke \(check.urls.joined(separator: " ")), \(check.times) times"
        case .backup(let check): "backup \(backup(check))"
        case .maintenance(let bracket):
            "maintenance on until \(plan.steps[bracket.until].name): \(argv(bracket.enter.argv))"
        case .maintenanceEnd(let opened): "maintenance off (\(plan.steps[opened].name))"
        case .migrate(let migration): "migrate (\(migration.kind.rawValue)) \(tool(migration.tool))"
        case .canary(let canary):
            "canary \(canary.weights.map(String.init).joined(separator: ", ")) %, \(canary.every.releaseText) each: "
                + argv(canary.shift.argv)
        case .approve(let rule): approval(rule)
        case .wait(let duration): "wait \(duration.releaseText)"
        }
    }

    static func argv(_ argv: [String]) -> String {
        argv.map { word in
            let isPlain =
                !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: ":"),
                        UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "%"):
                        true
                    default: false
                    }
                }
            return isPlain
                ? word
                : "'"
                    + word.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }

    private static func approval(_ rule: ApprovalRule) -> String {
        let people = rule.count == 1 ? "one approval" : "\(rule.count) approvals"
        let expires = rule.expires.map { ", within \($0.releaseText)" } ?? ""
        return "\(people) from \(Approvals.from(rule))\(expires)"
    }

    private static func backup(_ check: BackupCheck) -> String {
        var parts: [String] = []
        switch check.tool {
        case .restic(let repository, _): parts.append("restic \(repository)")
        case .attestation(let file): parts.append("attested by \(file)")
        case .attestationCommand(let command): parts.append("attested by \(argv(command.argv))")
        }
        if let point = check.recoveryPoint { parts.append("at most \(point.releaseText) old") }
        if let time = check.recoveryTime { parts.append("restored within \(time.releaseText)") }
        if let copies = check.copies { parts.append("\(copies) copies") }
        return parts.joined(separator: ", ")
    }

    private static func tool(_ tool: Migration.Tool) -> String {
        switch tool {
        case .sqlite(let directory, let database): "\(directory) on \(database)"
        case .commands(_, _, let apply, _): argv(apply.argv)
        }
    }
}

/// Budget policies in words.
enum BudgetText {
    static func policy(_ policy: BudgetPolicy) -> String {
        let alerts = policy.burning.map(\.rawValue).joined(separator: " or ")
        let burning = alerts.isEmpty ? "" : ", holds while a \(alerts) burn alert fires"
        return
            "\(policy.objective) \(policy.target.percentText) over \(policy.window.releaseText): a person must say go "
            + "below \(policy.warnBelow.percentText), holds below \(policy.stopBelow.percentText)\(burning)"
    }

    /// Nil for a step whose gate does not differ from the others'.
    static func own(_ budget: StepBudget) -> String? {
        var parts: [String] = []
        if budget.isSkipped { parts.append("asks no budget") }
        if let warn = budget.warnBelow { parts.append("warns below \(warn.percentText)") }
        if let stop = budget.stopBelow { parts.append("holds below \(stop.percentText)") }
        guard !parts.isEmpty else { return nil }
        return parts.joined(separator: ", ") + ", because \(budget.reason)"
    }
}
