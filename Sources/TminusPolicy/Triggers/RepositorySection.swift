import TminusGit
import TminusModel
import TminusPipeline

/// `repositories`: where tags come from, how we are let in, and whose signatures count.
extension PolicySection {
    static let repositoryName = TextRule(
        "a repository's name", .word(prefixes: [], first: "A-Za-z0-9_", rest: "A-Za-z0-9_.-"), sizeMax: 63,
        example: "shop")
    private static let address = TextRule(
        "a repository's address", .free(lines: false), sizeMax: GitURL.bytesMax, example: "git@git.example:shop.git")
    private static let user = TextRule(
        "a user", .word(prefixes: [], first: "A-Za-z0-9", rest: "A-Za-z0-9._+@-"), sizeMax: 128, example: "deploy")
    private static let fingerprint = TextRule(
        "a GPG fingerprint", .word(prefixes: [], first: "0-9A-Fa-f", rest: "0-9A-Fa-f"), sizeMax: 40,
        isNumberAllowed: true, example: "\"B5D8…\"")

    private static let table = KeyTable(
        noun: "a repository",
        keys: [
            .required(
                "url", .text(address), "git@git.example:shop.git",
                "https, ssh, or an absolute path of the engine's machine. Never with a password."),
            .optional(
                "key", .text(.path), "/etc/tminus/keys/shop",
                "For ssh: an ed25519 private key that only the engine's account may read."),
            .optional("passphrase", .keys(.policySecret), "{file: /run/secrets/shop-key}", "Of that key."),
            .optional("agent", .boolean, "true", "For ssh: ask the engine's own ssh agent. Default: false."),
            .optional(
                "password", .keys(.policySecret), "{file: /run/secrets/shop-token}",
                "For https: an access token or password."),
            .optional("user", .text(user), "deploy", "For https: who the password is for. Default: the address's."),
            .optional(
                "knownHosts", .list(.text(.path), 1...20), "[/etc/tminus/known_hosts]",
                "For ssh: known-hosts files; a host that none names is refused. Default: /etc/ssh/ssh_known_hosts."),
            .optional(
                "authorities", .list(.text(.path), 1...20), "[/etc/tminus/git-ca.pem]",
                "For https: PEM files of authorities to trust beside the system's."),
            .optional(
                "allowedSigners", .text(.path), "/etc/tminus/allowed_signers",
                "Who may sign tags with ssh keys: an OpenSSH allowed-signers file."),
            .optional("gpgKeys", .text(.path), "/etc/tminus/release-keys.asc", "Public GPG keys that may sign tags."),
            .optional(
                "gpgFingerprints", .list(.text(fingerprint), 1...100), "[\"B5D8…\"]",
                "Which primary keys of that file count: 40 hexadecimal digits each."),
            .optional(
                "poll", .duration(atLeast: 10_000), "1m",
                "How often its tags are looked at, to cover lost webhooks. Default: never."),
        ],
        together: [
            ("passphrase", ["key"]), ("user", ["password"]), ("gpgKeys", ["gpgFingerprints"]),
            ("gpgFingerprints", ["gpgKeys"]),
        ])

    static let repositories = PolicySection(
        key: .optional(
            "repositories", .named(repositoryName, .keys(table), noun: "repository", 1...200),
            "{shop: {url: \"git@git.example:shop.git\", key: /etc/tminus/keys/shop}}",
            "Git repositories that tags are released from.")
    ) { node, decoding in
        for entry in node.entries {
            guard let repository = repository(entry, &decoding) else { continue }
            let same = decoding.policy.tags.repository(at: repository.url)
            if let same, let url = entry.value["url"] {
                decoding.error(
                    at: url, "this is the address of repository '\(same.name)' too",
                    fix: "keep one of the two: a tag is released once, by one name")
            }
            decoding.policy.tags.repositories.append(repository)
        }
    }

    private static func repository(_ entry: YAMLEntry, _ decoding: inout PolicyDecoding) -> RepositorySpec? {
        let node = entry.value
        guard let urlNode = node["url"] else { return nil }
        let url: GitURL
        do throws(GitError) { url = try GitURL(urlNode.text) } catch {
            decoding.error(at: urlNode, error.description, fix: "write an address that Tminus fetches from")
            return nil
        }
        if url.hasPassword {
            decoding.error(
                at: urlNode, "the address holds a password, which everybody who may read the policy would know",
                fix: "take it out, and add password: {file: /run/secrets/\(entry.key.text)}")
            return nil
        }
        var spec = RepositorySpec(name: entry.key.text, url: urlNode.text)
        spec.access = access(entry, url, &decoding)
        if url.scheme == .ssh { spec.knownHosts = ["/etc/ssh/ssh_known_hosts"] }
        if let files = node["knownHosts"] {
            spec.knownHosts = files.oneOrMore.map { decoding.absolute($0, "a known-hosts file") }
        }
        spec.authorities = (node["authorities"]?.oneOrMore ?? []).map { decoding.absolute($0, "a PEM file") }
        spec.poll = node["poll"]?.duration
        spec.trust = trust(node, &decoding)
        return spec
    }

    private static func access(
        _ entry: YAMLEntry, _ url: GitURL, _ decoding: inout PolicyDecoding
    ) -> RepositorySpec.Access {
        let node = entry.value
        let uses: [(key: String, scheme: GitURL.Scheme)] = [
            ("key", .ssh), ("agent", .ssh), ("knownHosts", .ssh), ("password", .https), ("authorities", .https),
        ]
        for use in uses where use.scheme != url.scheme {
            guard let found = node.entry(use.key) else { continue }
            let scheme = url.scheme == .file ? "is a path" : "is fetched with \(url.scheme.rawValue)"
            decoding.error(
                at: found.key, "'\(use.key)' is for \(use.scheme.rawValue), and the address \(scheme)",
                fix: "remove it, or write another address")
        }
        let asksAgent = node["agent"]?.isTrue ?? false
        if let key = node["key"] {
            if asksAgent, let agent = node.entry("agent") {
                decoding.error(at: agent.key, "there is a key and an agent", fix: "keep one of the two")
            }
            return .key(
                file: decoding.absolute(key, "a key's file"), passphrase: decoding.secret(node["passphrase"]))
        }
        if asksAgent { return .agent }
        if let secret = decoding.secret(node["password"]) {
            return .password(user: node["user"]?.text, secret)
        }
        if url.scheme == .ssh {
            decoding.error(
                at: entry.key, "nothing says how '\(entry.key.text)' lets us in with ssh",
                fix: "add key: /etc/tminus/keys/\(entry.key.text), or agent: true")
        }
        return .open
    }

    private static func trust(_ node: YAMLNode, _ decoding: inout PolicyDecoding) -> RepositorySpec.Trust? {
        guard node["allowedSigners"] != nil || node["gpgKeys"] != nil else { return nil }
        for element in node["gpgFingerprints"]?.oneOrMore ?? [] where element.text.utf8.count != 40 {
            decoding.error(
                at: element, "a GPG fingerprint has 40 digits, not \(element.text.utf8.count)",
                fix: "write what `gpg --with-colons --show-keys FILE` prints in the line fpr after pub")
        }
        return RepositorySpec.Trust(
            allowedSigners: node["allowedSigners"].map { decoding.absolute($0, "an allowed-signers file") },
            gpgKeys: node["gpgKeys"].map { decoding.absolute($0, "a file of keys") },
            gpgFingerprints: node["gpgFingerprints"]?.texts ?? [])
    }
}
