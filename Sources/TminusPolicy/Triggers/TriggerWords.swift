import TminusModel

/// The part of a policy that leads from tags to runs, in words, a line each.
struct TriggerWords {
    private let tags: TriggerPolicy

    init(_ tags: TriggerPolicy) { self.tags = tags }

    var repositories: [String] {
        tags.repositories.map { repository in
            let poll = repository.poll.map { "looked at every \($0.releaseText)" } ?? "not looked at by itself"
            let trust = repository.trust == nil ? "signatures not checked" : "signatures checked"
            return "\(repository.name): \(repository.url); \(poll), \(trust)"
        }
    }

    var rules: [String] {
        tags.rules.enumerated().map { position, rule in
            let signature =
                switch rule.signature {
                case .unsigned: "signed or not"
                case .signed(by: []): "signed"
                case .signed(let signers): "signed by \(signers.joined(separator: " or "))"
                }
            let environment = rule.environment.map { " to \($0)" } ?? ""
            let change = rule.change.map { " as \($0.rawValue)" } ?? ""
            return "\(position + 1). \(rule.tags) of \(rule.repository), \(signature): "
                + "\(rule.pipeline)\(environment)\(change)"
        }
    }

    /// Names of places only, never what is there.
    var webhooks: [String] {
        tags.webhooks.map { webhook in
            let secrets = webhook.secrets.map { source in
                switch source {
                case .file(let path): "file \(path)"
                case .environment(let name): "variable \(name)"
                }
            }
            return "\(webhook.name): \(webhook.sender.rawValue), for \(webhook.repository); secret in "
                + secrets.joined(separator: " or ")
        }
    }
}
