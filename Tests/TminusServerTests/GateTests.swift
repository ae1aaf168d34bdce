import Testing

@testable import TminusServer

@Suite(.timeLimit(.minutes(1)))
struct GateTests {
    @Test func whoeverWaitsPassesWhenItOpensAndAfterwards() async throws {
        let gate = Gate()
        let waiting = (0..<20).map { _ in Task { try await gate.pass() } }
        gate.open()
        for task in waiting { try await task.value }
        try await gate.pass()
    }

    @Test func whoeverIsCancelledBeforeItOpensIsToldSo() async {
        let gate = Gate()
        let waiting = (0..<20).map { _ in Task { try await gate.pass() } }
        for task in waiting { task.cancel() }
        for task in waiting {
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func cancellingOneKeepsNobodyElseOut() async throws {
        let gate = Gate()
        let (first, second) = (Task { try await gate.pass() }, Task { try await gate.pass() })
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        try await second.value
    }
}
