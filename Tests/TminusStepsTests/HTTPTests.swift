import RawHTTP
import Synchronization
import Testing
import TminusModel

@testable import TminusSteps

@Suite struct HTTPTests {
    private func send(
        _ url: String, within: Duration = .seconds(10), key: String? = "checkout-1/flip",
        _ adjust: (inout HTTPCall) -> Void = { _ in }
    ) async throws -> PerformanceOutcome {
        var call = HTTPCall(method: "POST", url: url)
        call.body = "{}"
        call.within = within
        adjust(&call)
        return await perform(
            .http(call), in: try Scratch().surroundings(key.map { ["TMINUS_IDEMPOTENCY_KEY": $0] } ?? [:])
        )
    }

    @Test func theKeyGoesWithTheRequestWhateverThePipelineSays() async throws {
        try await withKnownHeads { server, seen in
            let outcome = try await send(server.url) { call in
                call.headers = [
                    Variable(name: "idempotency-KEY", value: "mine"), Variable(name: "X-Mode", value: "blue"),
                ]
            }
            #expect(outcome.code == .done, "\(outcome.reason)")
            #expect(outcome.output("status") == "204")
            let head = try #require(seen().first)
            #expect(head.hasPrefix("POST /metrics HTTP/1.1\r\n"))
            #expect(head.contains("Idempotency-Key: checkout-1/flip\r\n"))
            #expect(head.contains("X-Mode: blue\r\n"))
            #expect(!head.contains("mine"))
        }
    }

    private func withKnownHeads(
        _ body: (RawServer, () -> [String]) async throws -> Void
    ) async throws {
        let heads = Heads()
        let server = try RawServer { connection in
            heads.add(connection.head)
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        try await body(server) { heads.all }
    }

    @Test func nothingListeningIsAPlainFailure() async throws {
        let url = try RawServer.refusingURL()
        let outcome = try await send(url)
        #expect(outcome.code == .no)
        #expect(outcome.reason.hasPrefix("POST \(url): nothing was sent: "), "\(outcome.reason)")
    }

    @Test func anAnswerThatNeverComesIsUnknown() async throws {
        let server = try RawServer { $0.waitForLeaving() }
        let outcome = try await send(server.url, within: .seconds(2))
        #expect(outcome.exitCode == 30)
        #expect(
            outcome.reason
                == "unknown: the request was sent but no answer came "
                + "(POST \(server.url): no whole answer within 2s)"
        )
    }

    @Test func aCutAfterTheRequestIsUnknown() async throws {
        let cuts: [@Sendable (RawServer.Connection) -> Void] = [
            { _ in }, { $0.reset() }, { $0.write("HTTP/1.1 200") },
        ]
        for behaviour in cuts {
            let server = try RawServer(behaviour)
            let outcome = try await send(server.url)
            #expect(outcome.code == .unknown, "\(outcome.reason)")
        }
    }

    @Test func halfAnAnswerIsUnknown() async throws {
        let server = try RawServer { $0.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }
        #expect(try await send(server.url).code == .unknown)
    }

    @Test func anUnexpectedAnswerIsNo() async throws {
        let server = try RawServer { $0.answer("409 Conflict", body: "") }
        let outcome = try await send(server.url)
        #expect(outcome.code == .no)
        #expect(outcome.reason == "POST \(server.url): answered 409 instead of 200 to 299")
        #expect(outcome.output("status") == "409")
        #expect(try await send(server.url) { $0.expect.statuses = [409] }.code == .done)
    }

    @Test func aRequestThatMakesNoSenseIsNotSent() async throws {
        let server = try RawServer { $0.answer(body: "") }
        #expect(try await send("ftp://127.0.0.1/").code == .no)
        let injected = try await send(server.url) { $0.headers = [Variable(name: "X", value: "a\r\nY: b")] }
        #expect(injected.code == .no)
        #expect(injected.reason.contains("nothing was sent"))
        #expect(try await send(server.url, key: nil).code == .badRequest)
    }
}

final class Heads: Sendable {
    private let heads = Mutex<[String]>([])
    var all: [String] { heads.withLock { $0 } }
    func add(_ head: String) { heads.withLock { $0.append(head) } }
}
