import Testing
import TminusModel
import TminusPorts
import TminusTriggers

@Suite
struct WebhookNewsTests {
    private func news(_ sent: Sent) throws -> WebhookNews {
        try WebhookNews.read(sent.body, sent.headers, from: sent.sender)
    }

    @Test func eachSenderNamesTagAndDelivery() throws {
        #expect(try news(.github()) == .tag(name: "v1.4.2", id: "72d3162e-cc78-11e3-81ab-4c9367dc0958"))
        #expect(try news(.githubCreate()) == .tag(name: "v1.4.2", id: "b2f1c0de-cc78-11e3-81ab-4c9367dc0958"))
        #expect(try news(.gitlab()) == .tag(name: "v1.4.2", id: "13792a34-cac6-4fda-95a8-c58e00a3954e:v1.4.2"))
        #expect(try news(.gitea()) == .tag(name: "v1.4.2", id: "f6266f16-1bf3-46a5-9ea4-602e06ead473"))
        #expect(try news(.gitea(.forgejo)) == .tag(name: "v1.4.2", id: "f6266f16-1bf3-46a5-9ea4-602e06ead473"))
        #expect(try news(.generic()) == .tag(name: "v1.4.2", id: "build-17"))
    }

    @Test func aRetryOfGitLabHasTheKeyOfTheFirstTry() throws {
        var sent = Sent.gitlab()
        sent.fields.append(("Idempotency-Key", "f5e57ba1-0000-4fda-95a8-c58e00a3954e"))
        #expect(try news(sent) == .tag(name: "v1.4.2", id: "f5e57ba1-0000-4fda-95a8-c58e00a3954e"))
    }

    @Test func withoutAnIdTheBodyIsTheId() throws {
        let digest = "sha256:1fa9fea0d4ea35c5b9bb2d93d4a0b6a2a5a9eb9e1a0cbdc8e9f5d1c2cf8ad7d5"
        guard case .tag("v1.4.2", let id) = try news(.generic(id: nil)) else {
            Issue.record("no tag")
            return
        }
        #expect(id.utf8.count == digest.utf8.count)
        #expect(id.hasPrefix("sha256:"))
        for odd in ["", String(repeating: "x", count: 257), "with space", "zwölf", "a\\nb"] {
            guard case .tag(_, let other) = try news(.generic(id: odd)) else {
                Issue.record("no tag with \(odd)")
                continue
            }
            #expect(other.hasPrefix("sha256:"))
            #expect(other != id)
        }
    }

    @Test func whatIsNoTagIsNothing() throws {
        var ping = Sent(.github, "{\"zen\":\"Keep it logically awesome.\",\"hook_id\":1}", [("X-GitHub-Event", "ping")])
        #expect(try news(ping) == .nothing("the event is neither push nor create"))
        ping.fields.removeLast()
        #expect(try news(ping) == .nothing("the event is neither push nor create"))
        #expect(try news(.githubCreate("topic", kind: "branch")) == .nothing("what was created is no tag"))
        #expect(try news(.github(isDeleted: true)) == .nothing("the tag was deleted"))
        #expect(try news(.gitlab(isDeleted: true)) == .nothing("the tag was deleted"))
        let branch = Sent(.github, "{\"ref\":\"refs/heads/v1\",\"after\":\"6113\"}", [("X-GitHub-Event", "push")])
        #expect(try news(branch) == .nothing("what was pushed is no tag"))
        #expect(try news(Sent(.gitlab, "{\"object_kind\":\"push\"}")) == .nothing("the event is no tag push"))
        #expect(try news(Sent(.generic, "{\"tag\":7}")) == .nothing("member 'tag' is no text"))
    }

    @Test(arguments: ["-rf", "v1$(id)", "v1;reboot", "../../etc/passwd", "v1\\u202Egpj", "a/b", "", "v1.lock", "v..1"])
    func aNameThatNoTagMayHaveIsNothing(_ name: String) throws {
        let reason = "its name is none that Tminus releases (letters, digits and . _ + -, at most 128 bytes)"
        #expect(try news(.github(name)) == .nothing(reason))
        #expect(try news(.generic(name)) == .nothing(reason))
    }

    @Test func aNameThatIsTooLongIsNothing() throws {
        guard case .nothing = try news(.github(String(repeating: "v", count: 129))) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test(arguments: ["", "payload=%7B%7D", "[]", "\"v1\"", "{\"tag\":\"v1\",\"tag\":\"v2\"}", "{\"tag\":\"v1\"} {}"])
    func aBodyThatIsNoObjectIsAFault(_ body: String) {
        #expect(throws: WebhookNews.Fault.self) { try news(Sent(.generic, body)) }
    }

    @Test func deepNestingIsAFault() {
        let body = "{\"tag\":" + String(repeating: "[", count: 100_000) + "}"
        #expect(throws: WebhookNews.Fault.self) { try news(Sent(.generic, body)) }
    }
}
