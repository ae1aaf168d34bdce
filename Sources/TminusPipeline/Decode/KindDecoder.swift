import TminusModel

/// The value of a step's kind key → what the step does.
extension Decoding {
    /// `until` is where the bracket of a maintenance step ends.
    mutating func kind(_ entry: YAMLEntry, until: StepIndex) -> Step.Kind {
        let node = entry.value
        switch entry.key.text {
        case "run": return .run(command(node))
        case "shell": return .run(Self.shell(node.text))
        case "http": return .http(httpCall(node))
        case "smoke": return .smoke(smokeCheck(node))
        case "backup": return .backup(backupCheck(node))
        case "maintenance":
            let enter = node["enter"].map { command($0) } ?? Command(argv: [])
            let leave = node["leave"].map { command($0) } ?? Command(argv: [])
            return .maintenance(MaintenanceBracket(enter: enter, leave: leave, until: until))
        case "migrate": return .migrate(migration(node))
        case "canary": return .canary(canary(node))
        case "approve": return .approve(approvalRule(node))
        default: return .wait(node.duration ?? .zero)
        }
    }

    // MARK: - HTTP

    private func httpCall(_ node: YAMLNode) -> HTTPCall {
        var call = HTTPCall(method: node["method"]?.text ?? "", url: node["url"]?.text ?? "")
        call.headers = node["headers"]?.variables ?? []
        call.body = node["body"]?.text
        if let expect = node["expect"] { call.expect = expectation(expect) }
        if let within = node["within"]?.duration { call.within = within }
        return call
    }

    private func smokeCheck(_ node: YAMLNode) -> SmokeCheck {
        var check = SmokeCheck(urls: node["get"]?.texts ?? [])
        check.headers = node["headers"]?.variables ?? []
        if let expect = node["expect"] { check.expect = expectation(expect) }
        if let times = node["times"]?.integer { check.times = times }
        if let every = node["every"]?.duration { check.every = every }
        return check
    }

    private func expectation(_ node: YAMLNode) -> HTTPExpectation {
        var expectation = HTTPExpectation()
        expectation.statuses = node["status"]?.oneOrMore.compactMap(\.integer) ?? []
        expectation.within = node["within"]?.duration
        expectation.headers = node["headers"]?.variables ?? []
        expectation.json = node["json"]?.variables ?? []
        expectation.bodyContains = node["body"]?.text
        return expectation
    }

    // MARK: - Backup and migration

    private mutating func backupCheck(_ node: YAMLNode) -> BackupCheck {
        for name in ["repository", "path"] where node["tool"] == nil {
            guard let key = node.entry(name)?.key else { continue }
            error(at: key, "'\(name)' belongs to 'tool: restic'", fix: "remove it, or write 'tool: restic'")
        }
        var check = BackupCheck(tool: backupTool(node))
        check.recoveryPoint = node["rpo"]?.duration
        check.recoveryTime = node["rto"]?.duration
        check.copies = node["copies"]?.integer
        if let age = node["restoreTestAge"]?.duration { check.restoreTestAge = age }
        check.validFor = node["validFor"]?.duration
        return check
    }

    private mutating func backupTool(_ node: YAMLNode) -> BackupCheck.Tool {
        if let file = node["attestation"] { return .attestation(file: file.text) }
        if let argv = node["attestationCommand"] { return .attestationCommand(command(argv)) }
        if let tool = node.entry("tool"), node["repository"] == nil {
            error(at: tool.key, "'tool: restic' needs a 'repository'", fix: "add 'repository: /srv/backups'")
        }
        return .restic(repository: node["repository"]?.text ?? "", path: node["path"]?.text)
    }

    private mutating func migration(_ node: YAMLNode) -> Migration {
        let kind = node["kind"].flatMap { Migration.Kind(rawValue: $0.text) } ?? .expand
        if let commands = node["commands"] {
            if let key = node.entry("database")?.key {
                error(at: key, "'database' belongs to 'directory'", fix: "remove it: the commands know their database")
            }
            let status = commands["status"].map { command($0) } ?? Command(argv: [])
            let preview = commands["preview"].map { command($0) }
            let apply = commands["apply"].map { command($0) } ?? Command(argv: [])
            let revert = commands["revert"].map { command($0) }
            return Migration(
                tool: .commands(status: status, preview: preview, apply: apply, revert: revert), kind: kind)
        }
        let database = node["database"]?["sqlite"]?.text ?? ""
        if let entry = node.entry("directory"), node["database"] == nil {
            error(at: entry.key, "a directory of SQL files needs a 'database'", fix: "add 'database: {sqlite: app.db}'")
        }
        guard let directory = node["directory"], let path = PinRequest.path(directory.text) else {
            if let directory = node["directory"] {
                error(
                    at: directory, "'\(directory.text)' is no plain path inside the pipeline's folder",
                    fix: "write names without '.' and '..', such as migrations")
            }
            return Migration(tool: .sqlite(directory: "", database: database), kind: kind)
        }
        pins.append(PinRequest(path: path, kind: .migrations, mark: directory.mark))
        return Migration(tool: .sqlite(directory: path, database: database), kind: kind)
    }

    // MARK: - Canary and approval

    private mutating func canary(_ node: YAMLNode) -> Canary {
        let isAutomatic = checkAutomatic(node)
        let nodes = isAutomatic ? [] : node["weights"]?.oneOrMore ?? []
        var last = 0
        for weight in nodes {
            let value = weight.integer ?? 0
            if value <= last {
                error(
                    at: weight, "canary weights must rise, but \(value) comes after \(last)",
                    fix: "write them in rising order, such as [1, 5, 25, 50]")
            }
            last = max(last, value)
        }
        let shift = node["shift"].map { command($0) } ?? Command(argv: [])
        // An automatic one gets its sizes once the budget and the rules are known.
        let weights = isAutomatic ? [1] : nodes.compactMap(\.integer)
        return Canary(weights: weights, every: node["every"]?.duration ?? .seconds(1), shift: shift)
    }

    private mutating func checkAutomatic(_ node: YAMLNode) -> Bool {
        let isAutomatic = node["weights"]?.text == "auto"
        if isAutomatic, node["spendAtMost"] == nil, let weights = node["weights"] {
            error(
                at: weights, "'weights: auto' does not know how much of the budget it may cost",
                fix: "add 'spendAtMost: 5%'")
        }
        guard !isAutomatic else { return true }
        if let spend = node.entry("spendAtMost") {
            error(at: spend.key, "'spendAtMost' belongs to 'weights: auto'", fix: "remove it, or write 'weights: auto'")
        }
        if let every = node["every"], every.text == "auto" {
            error(at: every, "'every: auto' belongs to 'weights: auto'", fix: "write a duration, such as 5m")
        }
        return false
    }

    private mutating func approvalRule(_ node: YAMLNode) -> ApprovalRule {
        let from = node["from"]?.texts ?? []
        let count = node["count"]?.integer ?? 1
        let people = Set(from)
        if let key = node.entry("from")?.key, people.count < from.count {
            error(at: key, "somebody is named twice", fix: "name everyone once; 'count' wants different people")
        }
        let areAccounts = !from.isEmpty && from.allSatisfy { !$0.hasPrefix("group:") }
        if areAccounts, people.count < count, let entry = node.entry("count") {
            error(
                at: entry.value, "\(count) people must say go, but 'from' names only \(people.count)",
                fix: "name more accounts, or a group: 'group:release'")
        }
        return ApprovalRule(from: from, count: count, expires: node["expires"]?.duration)
    }
}
