import TminusModel

/// `metrics` → where both versions' counts come from.
extension Decoding {
    /// Nil when it cannot be told, which is reported.
    mutating func endpoints(_ entry: YAMLEntry) -> MetricEndpoints? {
        let node = entry.value
        let origins = node.entries.filter { KeyTable.originNames.contains($0.key.text) }
        if let second = origins.dropFirst().first, let first = origins.first {
            error(
                at: second.key, "'metrics' has both '\(first.key.text)' and '\(second.key.text)'",
                fix: "keep one of them: all counts of a run come from one place")
            return nil
        }
        var endpoints = MetricEndpoints(baseline: node["baseline"]?.text ?? "", candidate: node["candidate"]?.text)
        if let origin = origins.first {
            endpoints.origin = self.origin(origin)
            checkArms(node, origin)
        } else {
            guard checkPages(entry) else { return nil }
        }
        if let every = node["every"]?.duration { endpoints.every = every }
        if let timeout = node["timeout"] {
            endpoints.timeout = timeout.duration ?? endpoints.timeout
            if endpoints.timeout > endpoints.every {
                error(
                    at: timeout, "'timeout' is longer than 'every' (\(endpoints.every.releaseText))",
                    fix: "write at most \(endpoints.every.releaseText), so that one reading ends before the next")
            }
        } else {
            endpoints.timeout = min(endpoints.timeout, endpoints.every)
        }
        if let candidate = node["candidate"], candidate.text == endpoints.baseline {
            let (what, fix) =
                origins.isEmpty
                ? ("page", "give the page of the new version, or leave 'candidate' out")
                : ("version", "name the new version, or leave 'candidate' out")
            error(at: candidate, "candidate and baseline are the same \(what)", fix: fix)
        }
        return endpoints
    }

    // MARK: - Versions

    private mutating func checkPages(_ entry: YAMLEntry) -> Bool {
        guard entry.value["baseline"] != nil else {
            error(
                at: entry.key, "'metrics' has no 'baseline'",
                fix: "add 'baseline: \(KeyTable.pageExample)', or an origin: \(listed(KeyTable.originNames))")
            return false
        }
        var isSound = true
        for name in ["baseline", "candidate"] {
            guard let page = entry.value[name] else { continue }
            guard let fault = TextRule.url.fault(in: page.text) else {
                let fix = "let the page be read without one, or ask a Prometheus with 'basic'"
                isSound = refuseUser(page, fix: fix) && isSound
                continue
            }
            error(at: page, "'\(name)' of 'metrics' \(fault.message)", fix: TextRule.url.advice)
            isSound = false
        }
        return isSound
    }

    private mutating func checkArms(_ node: YAMLNode, _ origin: YAMLEntry) {
        let kind = origin.key.text
        for name in ["baseline", "candidate"] {
            guard let arm = node[name], TextRule.isURL(arm.text) else { continue }
            error(
                at: arm, "'\(name)' is an address, but the counts come from \(kind)",
                fix: "write the version's name there, such as 'baseline: stable', or remove '\(kind)'")
        }
        if let candidate = node.entry("candidate"), node["baseline"] == nil {
            error(
                at: candidate.key, "'candidate' has no 'baseline' beside it",
                fix: "name both versions, or neither to measure the service as a whole")
        }
        if let label = origin.value.entry("label"), node["baseline"] == nil {
            error(
                at: label.key, "'label' tells versions apart, and 'metrics' names none",
                fix: "add 'baseline: stable' and 'candidate: canary', or remove 'label'")
        }
    }

    // MARK: - Origins

    private mutating func origin(_ entry: YAMLEntry) -> MetricOrigin {
        let node = entry.value
        switch entry.key.text {
        case "prometheus":
            let url = address(node)
            return .prometheus(url: url, armLabel: node["label"]?.text, access: access(node))
        case "sqlite": return .sqlite(path: node.text)
        case "postgres":
            if let connection = node["connection"] { refusePassword(connection) }
            return .postgres(
                connection: node["connection"]?.text ?? "", password: node["password"].map { secret($0) })
        case "json":
            let url = address(node)
            return .json(url: url, access: access(node))
        default: return .command(command(node))
        }
    }

    private mutating func address(_ node: YAMLNode) -> String {
        guard let url = node["url"] else { return "" }
        _ = refuseUser(url, fix: "write 'basic: {user: reader, password: {file: /run/secrets/reader}}' beside it")
        return url.text
    }

    /// False, and reported, for an address with a `user:password@` part.
    private mutating func refuseUser(_ url: YAMLNode, fix: String) -> Bool {
        let authority = url.text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        guard authority.contains("@") else { return true }
        error(at: url, "the address holds a user or password, and would stand in every plan", fix: fix)
        return false
    }

    private mutating func refusePassword(_ node: YAMLNode) {
        let text = node.text.lowercased()
        let isAddress = text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        let user = isAddress ? text.split(separator: "@").first.map { $0.dropFirst(13).contains(":") } ?? false : false
        guard text.contains("password") || isAddress && text.contains("@") && user else { return }
        error(
            at: node, "the connection string holds a password, and would stand in every plan",
            fix: "write 'password: {file: /run/secrets/reader}' beside it")
    }

    private mutating func access(_ node: YAMLNode) -> MetricAccess? {
        if let bearer = node["bearer"] {
            if let basic = node.entry("basic") {
                error(at: basic.key, "both 'bearer' and 'basic' say who asks", fix: "keep one of them")
            }
            return .bearer(secret(bearer))
        }
        guard let basic = node["basic"], let password = basic["password"] else { return nil }
        return .basic(user: basic["user"]?.text ?? "", password: secret(password))
    }

    private mutating func secret(_ node: YAMLNode) -> SecretReference.Source {
        guard let file = node["file"] else { return .environment(node["environment"]?.text ?? "") }
        return secretFile(file)
    }
}
