import Foundation
import Testing
import TminusModel

@testable import TminusSteps

/// Against a real restic and a real repository, made once. One at a time, because `restic check` locks it.
@Suite(.serialized) struct ResticTests {
    private static let password = ["RESTIC_PASSWORD": "correct horse"]
    fileprivate static let source = Result { try ResticRepository(password: password) }

    private func check(
        _ repository: String = "repository", in scratch: Scratch? = nil, path: String? = nil,
        after: Duration = .seconds(60), environment: [String: String] = password,
        _ adjust: (inout BackupCheck) -> Void = { _ in }
    ) async throws -> PerformanceOutcome {
        let source = try Self.source.get()
        var check = BackupCheck(tool: .restic(repository: repository, path: path))
        adjust(&check)
        return await perform(
            .backup(check),
            in: (scratch ?? source.scratch).surroundings(environment, now: source.taken.advanced(by: after))
        )
    }

    @Test func aFreshSnapshotThatRestoresPasses() async throws {
        let source = try Self.source.get()
        let outcome = try await check(path: "shop") { check in
            check.recoveryPoint = .seconds(3600)
            check.recoveryTime = .seconds(3600)
            check.copies = 2
        }
        #expect(outcome.code == .done, "\(outcome.reason)")
        #expect(outcome.output("id")?.utf8.count == 64)
        #expect(outcome.output("restored-files") == "2")
        #expect(outcome.output("restored-bytes") == String(source.bytes))
        #expect(outcome.output("copies") == "2")
        let age = try #require(outcome.output("age-milliseconds").flatMap(Int64.init))
        #expect((60_000..<180_000).contains(age))
        let left = try FileManager.default.contentsOfDirectory(atPath: source.scratch.path + "/tmp")
        #expect(left.filter { $0.hasPrefix("tminus-restore") }.isEmpty)
    }

    @Test func anOldSnapshotFailsWithItsAge() async throws {
        let outcome = try await check(after: .seconds(7 * 3600)) { $0.recoveryPoint = .seconds(6 * 3600) }
        #expect(outcome.code == .no)
        #expect(outcome.reason.hasSuffix("more than 6h; back up anew"), "\(outcome.reason)")
    }

    @Test func aSnapshotFromTheFutureIsRefused() async throws {
        let outcome = try await check(after: .seconds(-3600))
        #expect(outcome.code == .no)
        #expect(outcome.reason.contains("in the future; check both clocks"), "\(outcome.reason)")
    }

    @Test func aRestoreThatIsTooSlowFails() async throws {
        let outcome = try await check { $0.recoveryTime = .nanoseconds(1) }
        #expect(outcome.code == .no)
        #expect(outcome.reason.contains("the restore took"), "\(outcome.reason)")
    }

    @Test func oneRepositoryIsNotThreeCopies() async throws {
        let outcome = try await check { $0.copies = 3 }
        #expect(
            outcome.reason
                == "2 copies are known (production and repository), and 3 are asked; "
                + "use `attestation:` to list every copy"
        )
    }

    @Test func aPathThatWasNeverBackedUpHasNoSnapshot() async throws {
        let outcome = try await check(path: "elsewhere")
        #expect(outcome.reason == "repository holds no snapshot of elsewhere; run a backup first")
    }

    @Test func theWrongPasswordOrNoneOrNoRepositoryIsNo() async throws {
        let wrong = try await check(environment: ["RESTIC_PASSWORD": "wrong"])
        #expect(wrong.code == .no)
        #expect(wrong.reason.contains("wrong password"), "\(wrong.reason)")
        let none = try await check(environment: [:])
        #expect(
            none.reason
                == "the repository's password is not there; add `secrets: {RESTIC_PASSWORD: {file: …}}` to the step"
        )
        let nowhere = try await check("nowhere")
        #expect(nowhere.code == .no)
        #expect(nowhere.reason.hasPrefix("restic snapshots failed with exit code 1: "), "\(nowhere.reason)")
        let option = try await check("--help")
        #expect(option.code == .no)
    }

    @Test func aDamagedRepositoryFails() async throws {
        let source = try Self.source.get()
        let scratch = try Scratch()
        try FileManager.default.copyItem(
            atPath: source.scratch.path + "/repository", toPath: scratch.path + "/repository"
        )
        let packs = scratch.path + "/repository/data"
        let names = try FileManager.default.subpathsOfDirectory(atPath: packs).filter { $0.utf8.count > 60 }
        let largest = try #require(names.max { Self.size("\(packs)/\($0)") < Self.size("\(packs)/\($1)") })
        try FileManager.default.removeItem(atPath: "\(packs)/\(largest)")
        let outcome = try await check(in: scratch)
        #expect(outcome.code == .no)
        #expect(outcome.reason.hasPrefix("restic check failed with exit code 1"), "\(outcome.reason)")
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    @Test func anExitCodeNobodyKnowsIsAFailure() async throws {
        let scratch = try Scratch()
        for (code, words) in [(3, " (it could not read everything)"), (12, " (the password is wrong)"), (99, "")] {
            try scratch.write("#!/bin/sh\nexit \(code)\n", to: "bin/restic", executable: true)
            let outcome = try await check(
                in: scratch, environment: Self.password.merging(["PATH": scratch.path + "/bin"]) { $1 }
            )
            #expect(outcome.code == .no)
            #expect(outcome.reason == "restic snapshots failed\(words) with exit code \(code)")
        }
    }

    @Test func answersThatAreNoSnapshotsAreNo() async throws {
        let scratch = try Scratch()
        for output in ["", "null", "{}", "[{}]", "[{\"id\":\"--target\",\"time\":\"2026-11-20T12:00:00Z\"}]", "[1"] {
            try scratch.write("#!/bin/sh\nprintf '%s' '\(output)'\n", to: "bin/restic", executable: true)
            let outcome = try await check(
                in: scratch, environment: Self.password.merging(["PATH": scratch.path + "/bin:/bin:/usr/bin"]) { $1 }
            )
            #expect(outcome.code == .no, "\(output)")
        }
    }
}

/// Two files of one folder in a repository.
private final class ResticRepository: Sendable {
    let scratch: Scratch
    let taken: Instant
    let bytes: Int

    init(password: [String: String]) throws {
        scratch = try Scratch()
        // Hardly compressible, so that its pack is the largest file of the repository.
        let orders = (0..<50_000).map { String($0 &* 2_654_435_761 % 1_000_003, radix: 36) }.joined(separator: "\n")
        try scratch.write(orders, to: "shop/orders.csv")
        try scratch.write("1\n", to: "shop/version")
        try scratch.write("", to: "tmp/keep")
        bytes = orders.utf8.count + 2
        let surroundings = scratch.surroundings(password)
        for arguments in [["init"], ["backup", "shop"]] {
            let run = ProcessRun(
                argv: ["restic", "--repo=repository", "--no-cache"] + arguments, surroundings: surroundings
            )
            guard try run.run().succeeded else { throw CocoaError(.fileWriteUnknown) }
        }
        // A static lives as long as the process, so that nothing else removes it.
        atexit { if let made = try? ResticTests.source.get() { made.scratch.remove() } }
        taken = Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
