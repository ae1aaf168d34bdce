import Foundation
import Testing

/// The short forms of what `Tests/Torture` does to the built binary; `scripts/torture` does more of it. Those programs
/// share no code with the engine.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct TortureTests {
    /// What this machine can't do ends with this, and says why.
    private static let impossible: Int32 = 69

    private func torture(_ program: String, _ arguments: String...) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("torture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = Tminus.root.appendingPathComponent("Tests/Torture/\(program)").path
        let environment = ProcessInfo.processInfo.environment.filter { $0.key != "TMINUS_TALLY" }
        let ended = await (try Started("python3", [path] + arguments, environment, in: folder)).ended()
        print(ended.output.suffix(2_000))
        if ended.status == Self.impossible {
            print("skipped: \(ended.errors)")
        } else {
            #expect(ended.status == 0, "\(program): \(ended.output.suffix(4_000))\(ended.errors.suffix(2_000))")
        }
    }

    @Test func anEngineKilledAtWhatItDoesThatLastsStartsNothingTwiceAndLosesNothing() async throws {
        try await torture("points.py", "--points", "12", "--pairs", "4")
    }

    @Test func whatsWrongWithARunIsSeenByTheChecker() async throws {
        try await torture("points.py", "--tampered")
    }

    @Test func onEveryDiskThatAPowerCutMayLeaveNothingToldIsLostAndNothingStartsTwice() async throws {
        try await torture("power.py", "--images", "200", "--engines", "8")
    }

    @Test func aDiskThatLiesAboutItsSyncsIsFoundOut() async throws {
        try await torture("power.py", "--images", "40", "--engines", "0", "--lying")
    }

    @Test func aRestoreThatIsCutShortLeavesOneJournalWholeAndStartsNothingTwice() async throws {
        try await torture("restore.py", "--points", "0", "--kinds", "16", "--images", "8")
    }

    @Test func whatsWrongAfterARestoreIsSeenByTheChecker() async throws {
        try await torture("restore.py", "--tampered")
    }

    @Test func upkeepThatIsCutShortLosesNothingAndLeavesNothingHalf() async throws {
        try await torture("upkeep.py", "--points", "0", "--kinds", "3", "--images", "1")
    }

    @Test func whatsWrongAfterUpkeepIsSeenByTheChecker() async throws {
        try await torture("upkeep.py", "--tampered")
    }

    @Test func aWallClockThatJumpsEndsNothingEarlyAndDoublesNothing() async throws {
        try await torture("clock.py", "--rounds", "0")
    }
}
