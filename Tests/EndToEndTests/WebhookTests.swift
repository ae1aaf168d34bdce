import Crypto
import Foundation
import Testing
import TminusModel

/// Signed webhooks over TCP to the built engine, before a real bare repository.
@Suite(.timeLimit(.minutes(10)))
struct WebhookTests {
    /// docs.github.com, "push", of a tag.
    private static func github(_ tag: String, id: String) -> HTTPRequest {
        let body = """
            {"ref":"refs/tags/\(tag)","before":"0000000000000000000000000000000000000000",\
            "after":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","repository":{"id":186853002,"name":"Hello-World",\
            "full_name":"Codertocat/Hello-World","clone_url":"https://evil.example/Codertocat/Hello-World.git"},\
            "pusher":{"name":"Codertocat","email":"21031067+Codertocat@users.noreply.github.com"},\
            "sender":{"login":"Codertocat","id":21031067,"type":"User"},"created":true,"deleted":false,\
            "forced":false,"base_ref":"refs/heads/master","commits":[],"head_commit":null}
            """
        return HTTPRequest(
            "POST", "/v1/webhooks/hub",
            [
                ("Content-Type", "application/json"), ("User-Agent", "GitHub-Hookshot/044aadd"),
                ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", id),
                ("X-Hub-Signature-256", TagShop.sign(body)),
            ], body: Array(body.utf8))
    }

    private static func ended(_ run: String, _ shop: TagShop) async throws -> Bool {
        try await Waiting.until {
            try await shop.tminus.run("run", "show", run, "--json").output.contains("succeeded")
        }
    }

    @Test func aSignedWebhookMakesARunThatSucceedsAndTheSameTagNoSecond() async throws {
        var shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.tag("v2")
        try await shop.serve()
        let first = try await shop.post(Self.github("v1", id: "72d3162e-cc78-11e3-81ab-4c9367dc0958"))
        #expect(first.status == 202, "\(first)")
        #expect(try await Self.ended("shop-1", shop))
        let resent = try await shop.post(Self.github("v1", id: "72d3162e-cc78-11e3-81ab-4c9367dc0958"))
        #expect(resent.status == 200)
        #expect(resent.json?["status"]?.text == "known")
        let again = try await shop.post(Self.github("v1", id: "82d3162e-cc78-11e3-81ab-4c9367dc0958"))
        #expect(again.status == 202)
        let generic = try await shop.post(TagShop.delivery("v2", id: "build-2"))
        #expect(generic.status == 202)
        #expect(try await Self.ended("shop-2", shop))
        #expect(try await Waiting.until { try await shop.audit("tagSeen").count == 3 })
        #expect(try await shop.runs() == ["shop-1", "shop-2"])
        let decisions = try await shop.audit("tagSeen").compactMap { $0["decision"] as? String }
        #expect(decisions.sorted() == ["known", "started", "started"])
        // One line for what became of a tag, and no other that says the same.
        let lines = shop.tminus.read("data/engine.log").split(separator: "\n").filter { $0.contains("\"v2\"") }
        #expect(lines.count == 1, "\(lines)")
        await shop.stop()
    }

    @Test func aTagThatNoTriggerTakesIsLoggedAndNotRun() async throws {
        var shop = try await TagShop()
        try await shop.tag("nightly")
        try await shop.serve()
        #expect(try await shop.post(TagShop.delivery("nightly", id: "1")).status == 202)
        #expect(try await Waiting.until { shop.tminus.read("data/engine.log").contains("tag unmatched") })
        #expect(try await shop.runs() == [])
        let seen = try await shop.audit("tagSeen")
        #expect(seen.first?["reason"] as? String == "no trigger of repository shop takes tag nightly (webhook any)")
        await shop.stop()
    }

    @Test func aForgedSignatureIsRefusedAndNothingRuns() async throws {
        var shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.serve()
        let right = TagShop.delivery("v1", id: "1")
        let good = TagShop.sign(String(decoding: right.body, as: UTF8.self))
        let port = try #require(shop.port)
        let statuses = try await OwnThread.run {
            let connection = try HTTPConnection(port: port)
            var statuses: [Int] = []
            // Every single bit of the 32 bytes, and what is no signature at all.
            for bit in 0..<256 {
                var digits = Array(good.utf8.dropFirst("sha256=".count))
                let place = bit / 4
                let value = Int(String(decoding: [digits[place]], as: UTF8.self), radix: 16) ?? 0
                digits[place] = Array(String(value ^ (1 << (bit % 4)), radix: 16).utf8)[0]
                let forged = "sha256=" + String(decoding: digits, as: UTF8.self)
                statuses.append(try connection.send(TagShop.delivery("v1", id: "1", signature: forged)).status)
            }
            let others = ["", "sha256=", good.uppercased(), "sha1=" + String(good.suffix(40)), String(good.dropLast())]
            for value in others {
                statuses.append(try connection.send(TagShop.delivery("v1", id: "1", signature: value)).status)
            }
            for bit in 0..<(8 * right.body.count) {
                var body = right.body
                body[bit / 8] ^= 1 << (bit % 8)
                statuses.append(
                    try connection.send(
                        HTTPRequest("POST", "/v1/webhooks/any", [("X-Tminus-Signature", good)], body: body)
                    ).status)
            }
            return statuses
        }
        #expect(statuses.count == 261 + 8 * right.body.count)
        #expect(Set(statuses) == [403])
        #expect(try await shop.runs() == [])
        #expect(try await shop.audit("tagSeen").isEmpty)
        #expect(try await shop.post(right).status == 202)
        #expect(try await Waiting.until { try await shop.runs() == ["shop-1"] })
        await shop.stop()
    }

    /// What waits for an engine that never starts is let go, polling too.
    @Test func anEngineThatCannotReadItsJournalEndsAndSaysWhy() async throws {
        var shop = try await TagShop(access: ", poll: 10s")
        try await shop.serve()
        #expect(try await shop.post(TagShop.delivery("nightly", id: "1")).status == 202)
        #expect(try await Waiting.until { shop.tminus.read("data/engine.log").contains("\"nightly\"") })
        await shop.stop()
        let damage = """
            import sqlite3
            journal = sqlite3.connect("data/journal.sqlite")
            journal.execute("DROP TRIGGER control_events_never_change")
            journal.execute("UPDATE control_events SET line = replace(line, 'nightly', 'v1')")
            journal.commit()
            """
        let damaged = try await Started("/usr/bin/python3", ["-c", damage], [:], in: shop.tminus.folder).ended()
        try #require(damaged.status == 0, "\(damaged.errors)")
        let ended = try await shop.tminus.run("serve")
        #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("the journal could not be read"), "\(ended.errors)")
    }

    @Test func aMangledPathOpensNothingWithoutAToken() async throws {
        var shop = try await TagShop()
        try await shop.serve()
        let port = try #require(shop.port)
        let paths = [
            "/v1/runs", "/v1//runs", "//v1/runs", "/v1/runs/", "/v1/runs;.x", "/v1/runs;/v1/webhooks/any", "/V1/runs",
            "/%76%31/runs", "/v1/webhooks/../runs", "/v1/webhooks/%2e%2e/runs", "/v1/webhooks/any/../../runs",
            "/v1/webhooks/any%2f..%2f..%2fruns", "/v1/runs?x=/v1/webhooks/any", "/v1/runs#/v1/webhooks/any",
            "/v1/webhooks", "/v1/webhooks/", "/v1/webhooks/any/x", "/v1/triggers", "/v1/control", "/metrics/../v1/runs",
            "/health/../v1/runs", "/v1/audit", "/v1/tokens", "/.", "/..", "/%00", "/v1/runs%00",
        ]
        for path in paths {
            for method in ["GET", "POST", "HEAD", "PUT", "DELETE"] {
                let request = HTTPRequest(method, path, body: method == "POST" ? Array("{}".utf8) : [])
                // A path that is no path may end the connection instead.
                guard let answer = try? await shop.post(request) else { continue }
                #expect(!(200..<400).contains(answer.status), "\(method) \(path): \(answer)")
            }
        }
        // It answers as before.
        let answer = try await OwnThread.run { try HTTPConnection(port: port).send(TagShop.delivery("v1", id: "1")) }
        #expect(answer.status == 202)
        await shop.stop()
    }

    @Test func aBodyThatDoesNotComeIsGivenUpAfterFiveSeconds() async throws {
        var shop = try await TagShop()
        try await shop.serve()
        let port = try #require(shop.port)
        var slow = TagShop.delivery("v1", id: "1")
        slow.promises = slow.body.count + 1
        let request = slow
        let clock = ContinuousClock()
        let started = clock.now
        let answer = try await OwnThread.run { try HTTPConnection(port: port).send(request) }
        let took = clock.now - started
        #expect(answer.status == 400, "\(answer)")
        #expect(answer.text.contains("the body did not come within 5 seconds"))
        #expect(took >= .seconds(4) && took < .seconds(40), "\(took)")
        await shop.stop()
    }

    /// 64 bodies may come at once and 512 may wait for their turn; whoever comes then is sent away at once, and those
    /// who wait are served once the slow ones are gone.
    @Test func whenTooManyBodiesAreUnderWayOthersAreToldToComeBack() async throws {
        var shop = try await TagShop()
        try await shop.serve()
        let port = try #require(shop.port)
        var slow = TagShop.delivery("v1", id: "1")
        slow.promises = slow.body.count + 1
        let request = slow
        let answers = try await OwnThread.run {
            var held: [HTTPConnection] = []
            var refusal = HTTPAnswer(status: 0, text: "")
            let deadline = ContinuousClock.now + .seconds(120)
            while refusal.status != 503, ContinuousClock.now < deadline {
                for _ in 0..<32 where held.count < 800 {
                    let connection = try HTTPConnection(port: port)
                    try connection.write(request.bytes)
                    held.append(connection)
                }
                // Those whose body did not come in time are over; others take their places.
                var waiting: [HTTPConnection] = []
                for connection in held {
                    guard let answer = try connection.answerIfThere() else {
                        waiting.append(connection)
                        continue
                    }
                    refusal = answer
                    if answer.status == 503 { break }
                }
                held = waiting
            }
            held.removeAll()
            let after = try HTTPConnection(port: port).send(TagShop.delivery("v1", id: "after"))
            return [refusal, after]
        }
        #expect(answers.map(\.status) == [503, 202], "\(answers)")
        await shop.stop()
    }
}
