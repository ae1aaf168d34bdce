import Foundation
import Hummingbird
import NIOCore
import RawHTTP
import Synchronization
import Testing
import TminusModel

@testable import TminusSteps

@Suite struct SmokeTests {
    private let health = "{\"status\":\"ok\",\"checks\":[{\"name\":\"database\",\"ms\":3,\"ok\":true}]}"

    private func smoke(
        _ scratch: Scratch, _ urls: [String], times: Int = 1, _ adjust: (inout HTTPExpectation) -> Void = { _ in }
    ) async -> PerformanceOutcome {
        var check = SmokeCheck(urls: urls)
        check.times = times
        check.every = .milliseconds(1)
        adjust(&check.expect)
        return await perform(.smoke(check), in: scratch.surroundings())
    }

    @Test func aHealthyServicePassesEveryProbe() async throws {
        let scratch = try Scratch()
        let body = health
        let router = Router()
        router.get("health") { request, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: body))
            )
        }
        let (ports, news) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in news.yield(channel.localAddress?.port ?? 0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = try #require(await ports.first { _ in true })
            let outcome = await smoke(scratch, ["http://127.0.0.1:\(port)/health"], times: 5) { expect in
                expect.statuses = [200]
                expect.within = .seconds(5)
                expect.headers = [Variable(name: "content-type", value: "application/json")]
                expect.json = [
                    Variable(name: "status", value: "ok"), Variable(name: "checks.0.ok", value: "true"),
                    Variable(name: "checks.0.ms", value: "3.0"), Variable(name: "checks.0.name", value: "\"database\""),
                ]
                expect.bodyContains = "database"
            }
            #expect(outcome.code == .done, "\(outcome.reason)")
            #expect(outcome.output("probes") == "5")
            #expect(outcome.output("slowest-milliseconds").flatMap(Int.init) != nil)
            #expect(scratch.log.count == 5)
            #expect(scratch.log.allSatisfy { $0.hasPrefix("probe ") && $0.hasSuffix(", ok") })
            group.cancelAll()
        }
    }

    @Test func eachExpectationHasItsOwnSentence() async throws {
        let body = health
        let server = try RawServer { $0.answer("201 Created", ["Version: 1"], body: body) }
        let cases: [(String, (inout HTTPExpectation) -> Void)] = [
            ("answered 201 instead of 200", { $0.statuses = [200] }),
            ("answered 201 instead of 200 or 204", { $0.statuses = [200, 204] }),
            ("the header version is \"1\" instead of \"2\"", { $0.headers = [Variable(name: "version", value: "2")] }),
            ("the header missing is missing", { $0.headers = [Variable(name: "missing", value: "2")] }),
            ("the body does not contain \"maintenance\"", { $0.bodyContains = "maintenance" }),
            ("the JSON has nothing at checks.1.ok", { $0.json = [Variable(name: "checks.1.ok", value: "true")] }),
            ("the JSON has nothing at status.x", { $0.json = [Variable(name: "status.x", value: "true")] }),
            (
                "the JSON at checks.0.ok is true instead of false",
                {
                    $0.json = [Variable(name: "checks.0.ok", value: "false")]
                }
            ),
            ("the JSON at status is \"ok\" instead of down", { $0.json = [Variable(name: "status", value: "down")] }),
        ]
        for (sentence, adjust) in cases {
            let outcome = await smoke(try Scratch(), [server.url], adjust)
            #expect(outcome.code == .no)
            #expect(outcome.reason == "probe 1 of 1 of \(server.url): \(sentence)")
        }
    }

    @Test func aBodyThatIsNoJSONSaysWhere() async throws {
        let server = try RawServer { $0.answer(body: "ok") }
        let outcome = await smoke(try Scratch(), [server.url]) { $0.json = [Variable(name: "a", value: "1")] }
        #expect(
            outcome.reason
                == "probe 1 of 1 of \(server.url): the body is not JSON: "
                + "invalid JSON at byte 0: a value can't start here"
        )
    }

    @Test func theFirstBadProbeEndsIt() async throws {
        let scratch = try Scratch()
        let counter = Counter()
        let server = try RawServer { $0.answer(counter.next() == 3 ? "503 No" : "200 OK", body: "") }
        let outcome = await smoke(scratch, [server.url], times: 5)
        #expect(outcome.reason == "probe 3 of 5 of \(server.url): answered 503 instead of 200 to 299")
        #expect(outcome.output("probes") == "3")
        #expect(counter.next() == 4)
    }

    @Test func everyAddressIsProbed() async throws {
        let one = try RawServer { $0.answer(body: "") }
        let other = try RawServer { $0.answer("500 No", body: "") }
        let outcome = await smoke(try Scratch(), [one.url, other.url], times: 2)
        #expect(outcome.code == .no)
        #expect(outcome.output("probes") == "3")
    }

    @Test func theLatencyCoversTheBody() async throws {
        let server = try RawServer { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot all")
            connection.waitForLeaving()
        }
        let outcome = await smoke(try Scratch(), [server.url]) { $0.within = .seconds(2) }
        #expect(outcome.reason == "probe 1 of 1 of \(server.url): no whole answer within 2s")
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let counter = Counter()
        let other = try RawServer { connection in
            _ = counter.next()
            connection.answer(body: "")
        }
        let server = try RawServer { $0.answer("302 Found", ["Location: \(other.url)"], body: "") }
        let outcome = await smoke(try Scratch(), [server.url])
        #expect(
            outcome.reason
                == "probe 1 of 1 of \(server.url): answered 302 instead of 200 to 299 (redirects are not followed)"
        )
        #expect(counter.next() == 1)
    }

    @Test func aBodyBeyondTheLimitFails() async throws {
        let server = try RawServer { $0.answer(body: [UInt8](repeating: 0x20, count: 1_048_577)) }
        let outcome = await smoke(try Scratch(), [server.url])
        #expect(outcome.reason == "probe 1 of 1 of \(server.url): the answer is larger than 1 MiB")
        let fits = try RawServer { $0.answer(body: [UInt8](repeating: 0x20, count: 1_048_576)) }
        #expect(await smoke(try Scratch(), [fits.url]).code == .done)
    }

    @Test func nothingListeningFails() async throws {
        let url = try RawServer.refusingURL()
        #expect(await smoke(try Scratch(), [url]).code == .no)
        #expect(await smoke(try Scratch(), ["not a url"]).code == .no)
        #expect(await smoke(try Scratch(), []).code == .badRequest)
    }

    @Test func aTokenInTheAddressIsNotRepeated() async throws {
        let scratch = try Scratch()
        let server = try RawServer { $0.answer("403 No", body: "") }
        let outcome = await smoke(scratch, ["http://me:hunter2@127.0.0.1:\(server.port)/metrics?token=hunter2"])
        #expect(outcome.reason == "probe 1 of 1 of \(server.url): answered 403 instead of 200 to 299")
        #expect(!scratch.log.joined().contains("hunter2"))
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    /// 1, 2, 3 …
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
