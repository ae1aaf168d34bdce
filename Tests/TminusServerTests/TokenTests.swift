import Foundation
import Testing
import TminusAPI
import TminusModel

/// The same routes over TCP, where a token says who asks.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct TokenTests {
    private func with(_ body: (ControlBench, EngineAddress) async throws -> Void) async throws {
        let bench = try await ControlBench(listensOnTCP: true)
        do { try await body(bench, try #require(bench.address)) } catch {
            try? await bench.stop()
            throw error
        }
        try await bench.stop()
    }

    private func asking<Answer>(
        _ address: EngineAddress, _ token: String?, _ body: (EngineClient) async throws -> Answer
    ) async throws -> Answer {
        let client = EngineClient(address, token: token)
        do {
            let answer = try await body(client)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func token(
        _ bench: ControlBench, rights: [Right] = [.start], services: [String] = [],
        lifetime: Duration = .seconds(3_600)
    ) async throws -> String {
        let order = ControlOrder.createToken(
            person: "ci", isAutomation: true, rights: rights, services: services, lifetime: lifetime)
        return try #require(try await bench.client.order(order).secret)
    }

    @Test func withoutATokenNothingIsSaid() async throws {
        try await with { bench, address in
            let real = try await token(bench)
            for wrong in [nil, "", "tmn_" + String(repeating: "0", count: 64), real + "0", String(real.dropLast())] {
                let error = await #expect(throws: APIError.self) {
                    try await asking(address, wrong) { try await $0.runs() }
                }
                #expect(error?.code == .forbidden)
            }
            #expect(try await asking(address, real) { try await $0.runs() }.isEmpty)
        }
    }

    @Test func aTokenMayNoMoreThanItSays() async throws {
        try await with { bench, address in
            let token = try await token(bench, services: ["other*"])
            let error = await #expect(throws: APIError.self) {
                try await asking(address, token) { client in
                    try await client.submit(bench.order([.run(Command(argv: ["/bin/true"]))]))
                }
            }
            #expect(error?.message == "the token of ci is for other*, not shop")
            let refused = await #expect(throws: APIError.self) {
                try await asking(address, token) { client in
                    try await client.order(.block(service: "shop", version: "v2", reason: "no"))
                }
            }
            #expect(
                refused?.message
                    == "ci may not block v2 of shop: that takes the right unblock, which the policy grants "
                    + "(tminus policy show)")
        }
    }

    @Test func aRevokedTokenIsWorthNothing() async throws {
        try await with { bench, address in
            let token = try await token(bench)
            _ = try await bench.client.order(.revokeToken(name: "token-1", reason: "lost"))
            await #expect(throws: APIError.self) { try await asking(address, token) { try await $0.runs() } }
        }
    }

    @Test func theListShowsNoHashes() async throws {
        try await with { bench, address in
            let token = try await token(bench)
            let shown = String(decoding: try await bench.client.tokens().bytes, as: UTF8.self)
            #expect(shown.contains("token-1"))
            #expect(!shown.contains("hash"))
            #expect(!shown.contains(token))
            #expect(try await asking(address, token) { try await $0.me() }["name"]?.text == "ci")
        }
    }
}
