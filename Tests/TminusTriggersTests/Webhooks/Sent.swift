import Crypto
import Foundation
import TminusModel
import TminusPorts

/// A delivery as its sender documents it, signed as the sender signs.
struct Sent {
    var sender: WebhookSpec.Sender
    var body: [UInt8]
    var fields: [(name: String, value: String)]

    var headers: WebhookHeaders { WebhookHeaders(fields) }

    static let secret = Array("It's a Secret to Everybody".utf8)
    static let otherSecret = Array("0123456789abcdef0123456789abcdef".utf8)

    /// The name of the header that proves it.
    static func proof(_ sender: WebhookSpec.Sender) -> String {
        switch sender {
        case .github: "X-Hub-Signature-256"
        case .gitlab: "X-Gitlab-Token"
        case .gitea: "X-Gitea-Signature"
        case .forgejo: "X-Forgejo-Signature"
        case .generic: "X-Tminus-Signature"
        }
    }

    init(
        _ sender: WebhookSpec.Sender, _ body: String, _ fields: [(name: String, value: String)] = [],
        secret: [UInt8] = Self.secret
    ) {
        self.sender = sender
        self.body = Array(body.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: self.body, using: SymmetricKey(data: secret))
        let digits = code.map { String(format: "%02x", $0) }.joined()
        let value: String
        switch sender {
        case .github, .generic: value = "sha256=" + digits
        case .gitea, .forgejo: value = digits
        case .gitlab: value = String(decoding: secret, as: UTF8.self)
        }
        self.fields = [(Self.proof(sender), value), ("Content-Type", "application/json")] + fields
    }

    /// The same with another proof.
    func proving(_ values: [String]) -> Sent {
        var other = self
        let name = Self.proof(sender)
        other.fields = values.map { (name, $0) } + fields.filter { $0.name != name }
        return other
    }

    var proofs: [String] { headers.values(Self.proof(sender).lowercased()) }

    // MARK: - Tags, as documented

    /// docs.github.com, "push", of a tag.
    static func github(
        _ tag: String = "v1.4.2", id: String = "72d3162e-cc78-11e3-81ab-4c9367dc0958", isDeleted: Bool = false,
        secret: [UInt8] = Self.secret
    ) -> Sent {
        let none = "0000000000000000000000000000000000000000"
        let some = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
        let (before, after) = isDeleted ? (some, none) : (none, some)
        return Sent(
            .github,
            """
            {"ref":"refs/tags/\(tag)","before":"\(before)","after":"\(after)",
            "repository":{"id":186853002,"node_id":"MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=","name":"Hello-World",
            "full_name":"Codertocat/Hello-World","private":false,"owner":{"name":"Codertocat","email":"x@example.com",
            "login":"Codertocat","id":21031067},"clone_url":"https://evil.example/Codertocat/Hello-World.git",
            "created_at":1557933565,"pushed_at":1557933657,"default_branch":"master"},
            "pusher":{"name":"Codertocat","email":"21031067+Codertocat@users.noreply.github.com"},
            "sender":{"login":"Codertocat","id":21031067,"type":"User"},"created":\(!isDeleted),"deleted":\(isDeleted),
            "forced":false,"base_ref":"refs/heads/master",
            "compare":"https://github.com/Codertocat/Hello-World/compare/\(tag)","commits":[],"head_commit":null}
            """,
            [
                ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", id), ("User-Agent", "GitHub-Hookshot/044aadd"),
                ("X-Hub-Signature", "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"),
            ], secret: secret)
    }

    /// docs.github.com, "create", of a tag.
    static func githubCreate(_ tag: String = "v1.4.2", kind: String = "tag") -> Sent {
        Sent(
            .github,
            """
            {"ref":"\(tag)","ref_type":"\(kind)","master_branch":"master","description":null,"pusher_type":"user",
            "repository":{"id":186853002,"full_name":"Codertocat/Hello-World"},"sender":{"login":"Codertocat"}}
            """,
            [("X-GitHub-Event", "create"), ("X-GitHub-Delivery", "b2f1c0de-cc78-11e3-81ab-4c9367dc0958")])
    }

    /// docs.gitlab.com, "Tag events".
    static func gitlab(_ tag: String = "v1.4.2", isDeleted: Bool = false) -> Sent {
        let none = "0000000000000000000000000000000000000000"
        let some = "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7"
        return Sent(
            .gitlab,
            """
            {"object_kind":"tag_push","event_name":"tag_push","before":"\(isDeleted ? some : none)",
            "after":"\(isDeleted ? none : some)","ref":"refs/tags/\(tag)","ref_protected":true,
            "checkout_sha":\(isDeleted ? "null" : "\"\(some)\""),"message":"Tag message","user_id":1,
            "user_name":"John Smith","user_username":"jsmith","project_id":1,
            "project":{"id":1,"name":"Example","web_url":"http://example.com/jsmith/example",
            "git_http_url":"http://example.com/jsmith/example.git","namespace":"Jsmith","default_branch":"master"},
            "commits":[],"total_commits_count":0}
            """,
            [
                ("X-Gitlab-Event", "Tag Push Hook"), ("X-Gitlab-Instance", "https://gitlab.com"),
                ("X-Gitlab-Webhook-UUID", "02affd2d-2cba-4033-917d-ec22d5dc4b38"),
                ("X-Gitlab-Event-UUID", "13792a34-cac6-4fda-95a8-c58e00a3954e"),
            ])
    }

    /// Gitea's and Forgejo's push of a tag.
    static func gitea(_ sender: WebhookSpec.Sender = .gitea, _ tag: String = "v1.4.2") -> Sent {
        let name = sender == .forgejo ? "X-Forgejo" : "X-Gitea"
        return Sent(
            sender,
            """
            {"ref":"refs/tags/\(tag)","before":"0000000000000000000000000000000000000000",
            "after":"bffeb74224043ba2feb48d137756c8a9331c449a","compare_url":"","commits":[],"total_commits":0,
            "head_commit":{"id":"bffeb74224043ba2feb48d137756c8a9331c449a","message":"Webhooks Yay!"},
            "repository":{"id":140,"name":"webhooks","full_name":"gitea/webhooks",
            "clone_url":"http://localhost:3000/gitea/webhooks.git"},
            "pusher":{"id":1,"login":"gitea"},"sender":{"id":1,"login":"gitea"}}
            """,
            [("\(name)-Event", "push"), ("\(name)-Delivery", "f6266f16-1bf3-46a5-9ea4-602e06ead473")])
    }

    static func generic(_ tag: String = "v1.4.2", id: String? = "build-17") -> Sent {
        Sent(.generic, id.map { "{\"tag\":\"\(tag)\",\"id\":\"\($0)\"}" } ?? "{\"tag\":\"\(tag)\"}")
    }

    static func tag(_ sender: WebhookSpec.Sender) -> Sent {
        switch sender {
        case .github: github()
        case .gitlab: gitlab()
        case .gitea, .forgejo: gitea(sender)
        case .generic: generic()
        }
    }
}
