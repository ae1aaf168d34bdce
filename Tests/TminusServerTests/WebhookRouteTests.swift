import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import Testing
import TminusAPI
import TminusModel
import TminusPorts
import TminusSimulation
import TminusTriggers

/// Webhooks over real TCP, before the real desk.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebhookRouteTests {
    fileprivate static let secret = Array("a secret of enough bytes".utf8)

    private struct Answer: Equatable, Sendable {
        var status: Int
        var text: String
    }

    private struct Bench: Sendable {
        var control: ControlBench
        var store = MemoryControl()
        var url = ""

        func post(
            _ name: String, _ body: String, _ fields: [(String, String)]
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: url + "/v1/webhooks/" + name)
            request.method = .POST
            request.headers = HTTPHeaders(fields)
            request.body = .bytes(ByteBuffer(string: body))
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
            return Answer(status: Int(answer.status.code), text: text)
        }

        func generic(_ body: String, secret: [UInt8] = WebhookRouteTests.secret) async throws -> Answer {
            try await post("shop", body, [("X-Tminus-Signature", WebhookRouteTests.sign(body, secret))])
        }
    }

    fileprivate static func sign(_ body: String, _ secret: [UInt8] = secret) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: SymmetricKey(data: secret))
        return "sha256=" + code.map { String(format: "%02x", $0) }.joined()
    }

    private func with(_ body: (Bench) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/hook-\(UUID().uuidString)"
        try Data(Self.secret).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let hooks = [
            WebhookSpec(name: "shop", sender: .generic, repository: "shop", secrets: [.file(path)]),
            WebhookSpec(name: "off", sender: .generic, repository: "shop", secrets: [.file(path + "-missing")]),
        ]
        let store = MemoryControl()
        let desk = WebhookDesk(
            WebhookDesk.Parts(
                hook: { name in hooks.first { $0.name == name } }, store: store,
                now: { Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000)) }, kept: {},
                log: { _ in }))
        let control = try await ControlBench(listensOnTCP: true, webhooks: desk)
        guard case .url(let url) = try #require(control.address) else { return }
        do { try await body(Bench(control: control, store: store, url: url)) } catch {
            try? await control.stop()
            throw error
        }
        try await control.stop()
    }

    @Test func aSignedTagIsKeptBeforeItIsAccepted() async throws {
        try await with { bench in
            let body = "{\"tag\":\"v1.4.2\",\"id\":\"build-17\"}"
            let first = try await bench.generic(body)
            #expect(first == Answer(status: 202, text: "{\"status\":\"accepted\",\"tag\":\"v1.4.2\"}\n"))
            let kept = try await bench.store.dueDeliveries(at: .distantFuture, limit: 10)
            #expect(kept.map(\.tag) == ["v1.4.2"])
            let second = try await bench.generic(body)
            #expect(second == Answer(status: 200, text: "{\"status\":\"known\",\"tag\":\"v1.4.2\"}\n"))
            let still = try await bench.store.dueDeliveries(at: .distantFuture, limit: 10)
            #expect(still.count == 1)
        }
    }

    @Test func whatIsNoTagIsIgnored() async throws {
        try await with { bench in
            let answer = try await bench.generic("{\"zen\":\"x\"}")
            let text = "{\"status\":\"ignored\",\"reason\":\"member 'tag' is no text\"}\n"
            #expect(answer == Answer(status: 200, text: text))
        }
    }

    @Test func aForgedOneIsRefusedWithoutSayingWhy() async throws {
        try await with { bench in
            let body = "{\"tag\":\"v1.4.2\"}"
            let forged = try await bench.generic(body, secret: Array("another secret, as long".utf8))
            let bare = try await bench.post("shop", body, [])
            let twice = try await bench.post(
                "shop", body, [("X-Tminus-Signature", Self.sign(body)), ("x-tminus-signature", Self.sign(body))])
            #expect(forged.status == 403)
            #expect(bare.status == 403)
            #expect(twice.status == 403)
            #expect(forged.text == bare.text)
            #expect(twice.text == bare.text)
            let kept = try await bench.store.dueDeliveries(at: .distantFuture, limit: 10)
            #expect(kept.isEmpty)
        }
    }

    @Test func aHookThatIsOffAnswersLikeOneThatIsNotThere() async throws {
        try await with { bench in
            let body = "{\"tag\":\"v1.4.2\"}"
            let off = try await bench.post("off", body, [("X-Tminus-Signature", Self.sign(body))])
            let missing = try await bench.post("none", body, [("X-Tminus-Signature", Self.sign(body))])
            #expect(off.status == 404)
            #expect(missing.status == 404)
            #expect(off.text == missing.text)
        }
    }

    @Test func aBodyOfMoreThanAMebibyteIsNotTaken() async throws {
        try await with { bench in
            let body = "{\"tag\":\"v1.4.2\",\"x\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            let tooMuch = try await bench.generic(body)
            #expect(tooMuch.status == 413)
            let most = "{\"tag\":\"v1.4.2\",\"x\":\"" + String(repeating: "x", count: (1 << 20) - 26) + "\"}"
            let taken = try await bench.generic(most)
            #expect(taken.status == 202)
        }
    }

    @Test func fiftyAtOnceMakeOne() async throws {
        try await with { bench in
            let body = "{\"tag\":\"v1.4.2\"}"
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await bench.generic(body).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 202 } == 1)
            #expect(statuses.count { $0 == 200 } == 49)
        }
    }

    @Test func withoutATokenOnlyWebhooksAreAnswered() async throws {
        try await with { bench in
            var request = HTTPClientRequest(url: bench.url + "/v1/webhooks/../runs")
            request.headers = HTTPHeaders([("X-Tminus-Signature", Self.sign(""))])
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(answer.status.code >= 400)
        }
    }
}
