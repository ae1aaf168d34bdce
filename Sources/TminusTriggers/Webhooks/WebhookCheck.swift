import Crypto
package import TminusModel
package import TminusPorts

/// Proves that a delivery comes from whoever knows the webhook's secret, over the raw bytes and before anything of the
/// body is read. Compares in constant time.
package struct WebhookCheck: Sendable {
    let sender: WebhookSpec.Sender
    /// One or two; the second while senders change from one to the other.
    let secrets: [[UInt8]]

    /// A shorter secret is no secret.
    package static let secretBytesMin = 16
    /// A GitLab token that is longer is none of ours.
    private static let tokenBytesMax = 32 << 10
    private static let digestBytes = 32
    /// Tokens are compared by their codes under a key that nobody knows, so that their length does not show either.
    private static let ownKey = SymmetricKey(size: .bits256)

    /// Nil when a secret is too short, or there is none: then nothing can be proved.
    package init?(_ sender: WebhookSpec.Sender, secrets: [[UInt8]]) {
        guard !secrets.isEmpty, secrets.allSatisfy({ $0.count >= Self.secretBytesMin }) else { return nil }
        self.sender = sender
        self.secrets = secrets
    }

    /// Whether the headers have the form of a proof: one signature, of the right algorithm, in 64 digits. SHA-1 is not
    /// taken.
    package static func isWorthReading(_ headers: WebhookHeaders, from sender: WebhookSpec.Sender) -> Bool {
        switch sender {
        case .gitlab: (headers.single("x-gitlab-token")?.utf8.count ?? .max) <= tokenBytesMax
        case .github, .gitea, .forgejo, .generic: signature(headers, from: sender) != nil
        }
    }

    /// Whether body and headers prove themselves by one of the secrets.
    package func isRight(_ headers: WebhookHeaders, body: [UInt8]) -> Bool {
        var isRight = false
        if sender == .gitlab {
            guard let token = headers.single("x-gitlab-token"), token.utf8.count <= Self.tokenBytesMax else {
                return false
            }
            let presented = Array(token.utf8)
            for secret in secrets {
                let code = HMAC<SHA256>.authenticationCode(for: secret, using: Self.ownKey)
                // Every secret is tried, whichever is right.
                let isThis = HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: presented, using: Self.ownKey)
                isRight = isThis || isRight
            }
            return isRight
        }
        guard let signature = Self.signature(headers, from: sender) else { return false }
        for secret in secrets {
            let isThis = HMAC<SHA256>.isValidAuthenticationCode(
                signature, authenticating: body, using: SymmetricKey(data: secret))
            isRight = isThis || isRight
        }
        return isRight
    }

    /// The signature's bytes; nil when the header is absent, empty, there twice, or of another form.
    private static func signature(_ headers: WebhookHeaders, from sender: WebhookSpec.Sender) -> [UInt8]? {
        let name: String
        var prefix = ""
        switch sender {
        case .github: (name, prefix) = ("x-hub-signature-256", "sha256=")
        case .generic: (name, prefix) = ("x-tminus-signature", "sha256=")
        case .gitea: name = "x-gitea-signature"
        // Forgejo sends both; older ones only the name they came with.
        case .forgejo:
            name = headers.values("x-forgejo-signature").isEmpty ? "x-gitea-signature" : "x-forgejo-signature"
        case .gitlab: return nil
        }
        guard let value = headers.single(name), value.utf8.starts(with: prefix.utf8) else { return nil }
        return digest(value.utf8.dropFirst(prefix.utf8.count))
    }

    /// 64 lower-case hexadecimal digits as bytes; nil for anything else.
    private static func digest(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count == 2 * digestBytes else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            guard let digit = digit(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
