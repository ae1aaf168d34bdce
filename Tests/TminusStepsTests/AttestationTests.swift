import Foundation
import Testing
import TminusModel

@testable import TminusSteps

@Suite struct AttestationTests {
    private static let good = """
        {"tool": "shop-backup", "id": "b-1", "started": "2026-11-20T09:00:00Z", "finished": "2026-11-20T09:30:00Z",
         "consistent_point": "2026-11-20T09:00:00Z", "size": 2000, "verified_at": "2026-11-20T09:30:00Z",
         "restore_test":
           {"started": "2026-11-01T00:00:00Z", "finished": "2026-11-01T01:00:00Z", "ok": true, "size": 1000},
         "copies": [
           {"location": "db", "media": "disk", "offsite": false, "verified_at": "2026-11-20T09:30:00Z"},
           {"location": "nas", "media": "nas", "offsite": false, "verified_at": "2026-11-20T09:30:00Z"},
           {"location": "s3", "media": "object store", "offsite": true, "verified_at": "2026-11-20T09:30:00Z"}]}
        """

    private func check(
        replacing text: String = "", with other: String = "", now: Instant = Scratch.noon,
        _ adjust: (inout BackupCheck) -> Void = { _ in }
    ) async throws -> PerformanceOutcome {
        let scratch = try Scratch()
        let json = text.isEmpty ? Self.good : Self.good.replacingOccurrences(of: text, with: other)
        if !text.isEmpty { #expect(json != Self.good, "\(text) is not in the attestation") }
        try scratch.write(json, to: "backup.json")
        var check = BackupCheck(tool: .attestation(file: "backup.json"))
        check.recoveryPoint = .seconds(6 * 3600)
        check.recoveryTime = .seconds(4 * 3600)
        check.copies = 3
        adjust(&check)
        return await perform(.backup(check), in: scratch.surroundings(now: now))
    }

    @Test func aCompleteAttestationPasses() async throws {
        let outcome = try await check()
        #expect(outcome.code == .done)
        #expect(
            outcome.reason
                == "backup b-1: recovery point 3h ago of 6h allowed, restored in 2h, scaled to today's size, "
                + "tested 19d11h ago, 3 fresh copies"
        )
        #expect(
            outcome.outputs == [
                Variable(name: "age-milliseconds", value: "10800000"),
                Variable(name: "consistent-point", value: "2026-11-20T09:00:00.000Z"),
                Variable(name: "copies", value: "3"), Variable(name: "id", value: "b-1"),
                Variable(name: "restore-milliseconds", value: "7200000"),
            ]
        )
        #expect(
            outcome.outputJSON.line
                == "{\"age-milliseconds\":\"10800000\",\"consistent-point\":\"2026-11-20T09:00:00.000Z\","
                + "\"copies\":\"3\",\"id\":\"b-1\",\"restore-milliseconds\":\"7200000\","
                + "\"reason\":\"\(outcome.reason)\"}"
        )
    }

    @Test(arguments: [
        (
            "\"consistent_point\": \"2026-11-20T09:00:00Z\"", "\"consistent_point\": \"2026-11-20T05:59:59Z\"",
            "the state it holds is 6h old, more than 6h; back up anew"
        ),
        ("\"consistent_point\": \"2026-11-20T09:00:00Z\", ", "", "consistent_point is missing"),
        ("\"ok\": true", "\"ok\": false", "its restore test failed (restore_test.ok is false)"),
        ("\"ok\": true", "\"ok\": \"yes\"", "restore_test.ok is not true or false"),
        ("\"ok\": true, ", "", "restore_test.ok is missing"),
        ("2026-11-01", "2026-08-01", "its restore test is 111d"),
        ("\"size\": 2000", "\"size\": 4001", "a restore takes 4h"),
        ("\"size\": 2000", "\"size\": -1", "size is not a whole number of bytes"),
        ("\"offsite\": true", "\"offsite\": false", "no fresh copy is offsite"),
        ("\"location\": \"s3\"", "\"location\": \"nas\"", "2 fresh copies, and 3 are asked"),
        ("\"tool\": \"shop-backup\"", "\"tool\": \"\"", "tool is not a text"),
        (
            "\"started\": \"2026-11-20T09:00:00Z\"", "\"started\": \"2026-11-20T12:00:06Z\"",
            "finished is before started"
        ),
        (
            "\"started\": \"2026-11-20T09:00:00Z\"", "\"started\": \"yesterday\"",
            "started is not a timestamp such as 2026-11-20T02:00:00Z"
        ),
        (
            "\"restore_test\"", "\"restore_test\": null, \"other\"",
            "restore_test is missing, so nothing says that it can be restored; restore it once, timed"
        ),
        (
            "\"copies\": [", "\"other\": [",
            "copies is missing; list every copy with location, media, offsite and verified_at"
        ),
        ("\"copies\": [", "\"copies\": [3, ", "copies[0] is not an object"),
        ("{\"tool\"", "[{\"tool\"", "the text ends inside an array or object"),
        ("\"id\": \"b-1\"", "\"id\": \"b-1\", \"id\": \"b-2\"", "the member \"id\" stands twice"),
        (
            "\"verified_at\": \"2026-11-20T09:30:00Z\"}]", "\"verified_at\": \"2026-11-19T09:30:00Z\"}]",
            "no fresh copy is offsite (s3 was verified 1d2h ago, over 6h)"
        ),
        ("\"verified_at\": \"2026-11-20T09:30:00Z\"}]", "\"x\": 1}]", "(s3 has no verified_at)"),
        (
            "\"verified_at\": \"2026-11-20T09:30:00Z\"}]", "\"verified_at\": \"2026-11-20T13:00:00Z\"}]",
            "verified_at of s3 lies 1h in the future; check both clocks"
        ),
        (
            "\"finished\": \"2026-11-20T09:30:00Z\"", "\"finished\": \"2026-11-20T12:01:00Z\"",
            "finished lies 1m in the future; check both clocks"
        ),
        ("\"finished\": \"2026-11-01T01:00:00Z\"", "\"finished\": \"2026-12-01T01:00:00Z\"", "in the future"),
    ])
    func whatIsMissingOrNotMetIsNamed(text: String, other: String, sentence: String) async throws {
        let outcome = try await check(replacing: text, with: other)
        #expect(outcome.code == .no)
        #expect(outcome.reason.contains(sentence), "\(outcome.reason)")
    }

    @Test func theRecoveryPointIsTheConsistentPointNeverTheEnd() async throws {
        let outcome = try await check(
            replacing: "\"finished\": \"2026-11-20T09:30:00Z\"", with: "\"finished\": \"2026-11-20T11:59:00Z\"",
            now: Scratch.noon
        ) { $0.recoveryPoint = .seconds(3 * 3600 - 1) }
        #expect(outcome.code == .no)
        #expect(outcome.reason.contains("the state it holds is 3h old, more than 2h59m; back up anew"))
        #expect(try await check { $0.recoveryPoint = .seconds(3 * 3600) }.code == .done)
    }

    @Test func allInOnePlaceIsNotThreeTwoOne() async throws {
        let outcome = try await check(replacing: "\"object store\"", with: "\"disk\"") { _ in }
        #expect(outcome.code == .done)
        let one = try await check(replacing: "\"media\": \"nas\", ", with: "")
        #expect(one.code == .done)
        let none = try await check(replacing: "\"media\"", with: "\"medium\"")
        #expect(none.reason == "backup b-1: the fresh copies are on 0 kinds of media, and 2 are asked")
    }

    @Test func limitsThatAreNotSetAreNotAsked() async throws {
        let outcome = try await check(replacing: "\"copies\": [", with: "\"other\": [") { check in
            check.copies = nil
            check.recoveryPoint = nil
            check.recoveryTime = nil
        }
        #expect(outcome.code == .done)
    }

    @Test func aSmallerDatabaseIsNotAssumedToRestoreFaster() {
        let test = BackupAttestation.RestoreTest(
            isOK: true, started: Scratch.noon, finished: Scratch.noon.advanced(by: .seconds(60)), size: 1000
        )
        #expect(BackupVerdict.recoveryTime(test, size: 10) == (.seconds(60), false))
        #expect(BackupVerdict.recoveryTime(test, size: nil) == (.seconds(60), false))
        #expect(BackupVerdict.recoveryTime(test, size: 1500) == (.seconds(90), true))
        #expect(BackupVerdict.recoveryTime(test, size: .max) == (.milliseconds(Duration.longestMilliseconds), true))
    }

    @Test func aFileThatIsNotThereOrTooLargeIsNo() async throws {
        let scratch = try Scratch()
        try scratch.write(String(repeating: " ", count: 1_048_577), to: "large.json")
        for (file, sentence) in [
            ("none.json", "the backup attestation none.json can't be read: No such file or directory"),
            ("large.json", "the backup attestation large.json is larger than 1 MiB"),
            (".", "the backup attestation . is not a regular file"),
            ("/dev/zero", "the backup attestation /dev/zero is not a regular file"),
        ] {
            let outcome = await perform(
                .backup(BackupCheck(tool: .attestation(file: file))), in: scratch.surroundings()
            )
            #expect(outcome.code == .no)
            #expect(outcome.reason.hasPrefix(sentence), "\(outcome.reason)")
        }
    }

    @Test func aCommandMayPrintIt() async throws {
        let scratch = try Scratch()
        try scratch.write(Self.good, to: "backup.json")
        try scratch.write("#!/bin/sh\nexec cat backup.json\n", to: "tool", executable: true)
        for (argv, code) in [
            (["./tool"], PerformanceOutcome.Code.done), (["cat", "backup.json"], .done), (["false"], .no),
            (["head", "-c", "2000000", "/dev/zero"], .no), (["true"], .no), (["no-such-tool"], .no),
        ] {
            let outcome = await perform(
                .backup(BackupCheck(tool: .attestationCommand(Command(argv: argv)))), in: scratch.surroundings()
            )
            #expect(outcome.code == code, "\(argv): \(outcome.reason)")
        }
    }
}
