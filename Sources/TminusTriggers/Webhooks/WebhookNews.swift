import Crypto
import TminusGit
package import TminusModel
package import TminusPorts

/// What a delivery says, of which only the tag's name is taken, as a hint: the repository is the webhook's, and commit,
/// author and signature are what our own fetch finds.
package enum WebhookNews: Equatable, Sendable {
    /// A tag may be there. The id is the sender's, else the digest of the body.
    case tag(name: String, id: String)
    /// Nothing that could be released; why.
    case nothing(String)

    /// What could not be read: a sentence without a full stop.
    package struct Fault: Error, Equatable, Sendable {
        package var description: String
    }

    /// The longest id of a sender, in bytes.
    package static let idBytesMax = 256

    /// Reads a delivery whose signature is right; call it for no other.
    package static func read(
        _ body: [UInt8], _ headers: WebhookHeaders, from sender: WebhookSpec.Sender
    ) throws(Fault) -> WebhookNews {
        let payload: JSON
        do throws(JSONError) { payload = try JSON(parsing: body) } catch {
            throw Fault(
                description: "the body is no JSON (set the webhook's content type to application/json): \(error)")
        }
        guard case .object = payload else { throw Fault(description: "the body is no JSON object") }
        let named: Named
        switch sender {
        case .github: named = hosted(payload, event: headers.single("x-github-event"))
        case .gitea: named = hosted(payload, event: headers.single("x-gitea-event"))
        case .forgejo:
            named = hosted(payload, event: headers.single("x-forgejo-event") ?? headers.single("x-gitea-event"))
        case .gitlab: named = gitlab(payload)
        case .generic: named = generic(payload)
        }
        switch named {
        case .other(let reason): return .nothing(reason)
        case .tag(let name):
            guard TagName.isAccepted(name) else {
                return .nothing(
                    "its name is none that Tminus releases (letters, digits and . _ + -, at most 128 bytes)")
            }
            return .tag(name: name, id: id(payload, headers, from: sender, tag: name) ?? digest(body))
        }
    }

    private enum Named {
        case tag(String)
        case other(String)
    }

    /// GitHub, and those that speak like it: pushes of tags, and their creation.
    private static func hosted(_ payload: JSON, event: String?) -> Named {
        switch event {
        case "push": return pushed(payload, isDeleted: payload["deleted"] == .bool(true))
        case "create":
            guard payload["ref_type"]?.text == "tag", let ref = payload["ref"]?.text else {
                return .other("what was created is no tag")
            }
            return .tag(tagName(ref) ?? ref)
        default: return .other("the event is neither push nor create")
        }
    }

    private static func gitlab(_ payload: JSON) -> Named {
        // System hooks name it otherwise.
        guard payload["object_kind"]?.text == "tag_push" || payload["event_name"]?.text == "tag_push" else {
            return .other("the event is no tag push")
        }
        return pushed(payload, isDeleted: false)
    }

    private static func generic(_ payload: JSON) -> Named {
        payload["tag"]?.text.map(Named.tag) ?? .other("member 'tag' is no text")
    }

    private static func pushed(_ payload: JSON, isDeleted: Bool) -> Named {
        guard let ref = payload["ref"]?.text, let name = tagName(ref) else {
            return .other("what was pushed is no tag")
        }
        let after = payload["after"]?.text ?? ""
        guard !isDeleted, after.isEmpty || after.utf8.contains(where: { $0 != UInt8(ascii: "0") }) else {
            return .other("the tag was deleted")
        }
        return .tag(name)
    }

    private static func tagName(_ ref: String) -> String? {
        let prefix = "refs/tags/"
        return ref.utf8.starts(with: prefix.utf8) ? String(ref.dropFirst(prefix.count)) : nil
    }

    // MARK: - Ids

    private static func id(
        _ payload: JSON, _ headers: WebhookHeaders, from sender: WebhookSpec.Sender, tag: String
    ) -> String? {
        switch sender {
        case .github: printable(headers.single("x-github-delivery"))
        case .gitea: printable(headers.single("x-gitea-delivery"))
        case .forgejo: printable(headers.single("x-forgejo-delivery") ?? headers.single("x-gitea-delivery"))
        // The same over retries; else the event's, which hooks that follow from one another share: the tag tells them
        // apart.
        case .gitlab:
            printable(headers.single("idempotency-key"))
                ?? printable(headers.single("x-gitlab-event-uuid").map { "\($0):\(tag)" })
        case .generic: printable(payload["id"]?.text)
        }
    }

    private static func printable(_ id: String?) -> String? {
        guard let id, !id.isEmpty, id.utf8.count <= idBytesMax, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return id
    }

    private static func digest(_ body: [UInt8]) -> String {
        "sha256:" + SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
