import TminusModel
import TminusPipeline

/// `webhooks`: who tells us of tags.
extension PolicySection {
    private static let name = TextRule(
        "a webhook's name", .word(prefixes: [], first: "A-Za-z0-9_", rest: "A-Za-z0-9_.-"), sizeMax: 63,
        example: "shop-github")

    private static let table = KeyTable(
        noun: "a webhook",
        keys: [
            .required(
                "sender", .choice(WebhookSpec.Sender.allCases.map(\.rawValue)), "github",
                "Who sends: it decides which headers and which body are read."),
            .required(
                "repository", .text(repositoryName), "shop",
                "Whose tags it tells of: a name under `repositories`. What the body says of it is not believed."),
            .required(
                "secrets",
                .written(
                    value: nil, list: .list(.keys(.policySecret), 1...2), mapping: .keys(.policySecret)),
                "{file: /run/secrets/shop-hook}",
                "What deliveries are signed with: one, or two while the sender changes from one to the other. A "
                    + "webhook whose secret can't be read is off."),
        ])

    static let webhooks = PolicySection(
        key: .optional(
            "webhooks", .named(name, .keys(table), noun: "webhook", 1...200),
            "{shop-github: {sender: github, repository: shop, secrets: {file: /run/secrets/shop-hook}}}",
            "Who tells the engine of new tags, at `/v1/webhooks/NAME` of `tminus serve --listen`.")
    ) { node, decoding in
        for entry in node.entries {
            guard let sender = entry.value["sender"].flatMap({ WebhookSpec.Sender(rawValue: $0.text) }),
                let repository = entry.value["repository"]
            else { continue }
            let names = decoding.policy.tags.repositories.map(\.name)
            decoding.check(repository, repository.text, names, "repository")
            var secrets: [SecretReference.Source] = []
            for element in entry.value["secrets"]?.oneOrMore ?? [] {
                guard let secret = decoding.secret(element) else { continue }
                if secrets.contains(secret) {
                    decoding.error(at: element, "this secret is listed twice", fix: "keep one of the two")
                }
                secrets.append(secret)
            }
            decoding.policy.tags.webhooks.append(
                WebhookSpec(name: entry.key.text, sender: sender, repository: repository.text, secrets: secrets))
        }
    }
}
