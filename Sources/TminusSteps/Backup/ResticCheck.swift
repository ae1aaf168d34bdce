import Foundation
import TminusModel

/// Establishes a backup in a restic repository by asking restic: newest snapshot, check, and a timed real restore.
///
/// A snapshot's time is when its backup started, which is the point its files are consistent with. The restore runs
/// when a recovery time is asked for, into a scratch directory below `TMPDIR` (else `/var/tmp`), without restic's
/// cache, as it would be after losing the machine.
struct ResticCheck {
    var repository: String
    var path: String?
    var check: BackupCheck
    var surroundings: PerformanceSurroundings

    private struct Refusal: Error {
        var reason: String
    }

    /// Evidence gathered so far; kept for a refusal too.
    private struct Evidence {
        var outputs: [Variable] = []
        var findings: [String] = []
    }

    func perform() -> PerformanceOutcome {
        var evidence = Evidence()
        do throws(Refusal) {
            try checkPassword()
            let snapshot = try newestSnapshot()
            try checkRecoveryPoint(snapshot, &evidence)
            try checkCopies(&evidence)
            surroundings.log("restic check")
            _ = try restic(["check"])
            evidence.findings.append("restic check found no errors")
            if let limit = check.recoveryTime { try checkRestore(snapshot, limit: limit, &evidence) }
            return PerformanceOutcome(
                .done, "snapshot \(snapshot.shortID): \(evidence.findings.joined(separator: ", "))",
                outputs: evidence.outputs
            )
        } catch {
            return PerformanceOutcome(.no, error.reason, outputs: evidence.outputs)
        }
    }

    /// Without one restic would ask on a terminal that is not there.
    private func checkPassword() throws(Refusal) {
        let names = ["RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD_COMMAND"]
        guard names.contains(where: { !(surroundings.environment[$0] ?? "").isEmpty }) else {
            throw Refusal(
                reason: "the repository's password is not there; "
                    + "add `secrets: {RESTIC_PASSWORD: {file: …}}` to the step"
            )
        }
    }

    private func newestSnapshot() throws(Refusal) -> ResticSnapshot {
        var arguments = ["--json", "snapshots"]
        if let path { arguments.append("--path=\(absolute(path))") }
        let result = try restic(arguments)
        guard !result.isOutputCut, let list = try? JSON(parsing: result.output).elements else {
            throw Refusal(reason: "restic's list of snapshots can't be read; try `restic snapshots --json` by hand")
        }
        var snapshots: [ResticSnapshot] = []
        for item in list {
            guard let snapshot = ResticSnapshot(item) else {
                throw Refusal(reason: "restic lists a snapshot without a readable id and time")
            }
            snapshots.append(snapshot)
        }
        guard let newest = snapshots.max(by: { $0.time < $1.time }) else {
            let what = path.map { " of \($0)" } ?? ""
            throw Refusal(reason: "\(shownRepository) holds no snapshot\(what); run a backup first")
        }
        return newest
    }

    private func checkRecoveryPoint(_ snapshot: ResticSnapshot, _ evidence: inout Evidence) throws(Refusal) {
        evidence.outputs.append(Variable(name: "id", value: snapshot.id))
        evidence.outputs.append(Variable(name: "consistent-point", value: Timestamp.text(snapshot.time)))
        let age = surroundings.now.since(snapshot.time)
        guard age >= .zero - BackupVerdict.skewMax else {
            throw Refusal(
                reason: "snapshot \(snapshot.shortID) lies \((.zero - age).releaseText) in the future; "
                    + "check both clocks"
            )
        }
        evidence.outputs.append(Variable(name: "age-milliseconds", value: String(max(age.milliseconds, 0))))
        if let limit = check.recoveryPoint, age > limit {
            throw Refusal(
                reason: "the newest snapshot \(snapshot.shortID) began \(age.releaseText) ago, "
                    + "more than \(limit.releaseText); back up anew"
            )
        }
        let limit = check.recoveryPoint.map { " of \($0.releaseText) allowed" } ?? ""
        evidence.findings.append("recovery point \(max(age, .zero).releaseText) ago\(limit)")
    }

    /// One repository is one copy beside production, whatever it is stored on.
    private func checkCopies(_ evidence: inout Evidence) throws(Refusal) {
        let known = 2
        evidence.outputs.append(Variable(name: "copies", value: String(known)))
        guard let least = check.copies, least > known else { return }
        throw Refusal(
            reason: "\(known) copies are known (production and \(shownRepository)), and \(least) are asked; "
                + "use `attestation:` to list every copy"
        )
    }

    private func checkRestore(
        _ snapshot: ResticSnapshot, limit: Duration, _ evidence: inout Evidence
    ) throws(Refusal) {
        let expected = try restoreSize(snapshot)
        let scratch = try makeScratch()
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        surroundings.log("restic restore \(snapshot.shortID) into \(scratch)")
        let start = ContinuousClock.now
        _ = try restic(["restore", snapshot.id, "--target=\(scratch)", "--verify"])
        let elapsed = ContinuousClock.now - start
        let restored = RestoredTree(scratch)
        evidence.outputs.append(Variable(name: "restore-milliseconds", value: String(elapsed.milliseconds)))
        evidence.outputs.append(Variable(name: "restored-files", value: String(restored.files)))
        evidence.outputs.append(Variable(name: "restored-bytes", value: String(restored.bytes)))
        guard restored.files > 0 else { throw Refusal(reason: "the restore of \(snapshot.shortID) gave no files") }
        guard restored.bytes == expected else {
            throw Refusal(
                reason: "the restore of \(snapshot.shortID) gave \(restored.bytes) bytes instead of \(expected)"
            )
        }
        guard elapsed <= limit else {
            throw Refusal(reason: "the restore took \(elapsed.releaseText), more than \(limit.releaseText)")
        }
        evidence.findings.append("restored \(restored.files) files in \(elapsed.releaseText)")
    }

    private func restoreSize(_ snapshot: ResticSnapshot) throws(Refusal) -> Int64 {
        let result = try restic(["--json", "stats", "--mode=restore-size", snapshot.id])
        guard let size = (try? JSON(parsing: result.output))?["total_size"]?.integer else {
            throw Refusal(reason: "restic's size of snapshot \(snapshot.shortID) can't be read")
        }
        return size
    }

    private func makeScratch() throws(Refusal) -> String {
        let parent = surroundings.environment["TMPDIR"] ?? "/var/tmp"
        guard let template = strdup("\(parent)/tminus-restore-XXXXXX") else {
            throw Refusal(reason: "no memory for a path")
        }
        defer { free(template) }
        guard let path = mkdtemp(template) else {
            throw Refusal(reason: "no scratch directory in \(parent): \(String(cString: strerror(errno))); set TMPDIR")
        }
        return String(cString: path)
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(fileURLWithPath: "\(surroundings.workingDirectory)/\(path)").standardized.path
    }

    /// Remote repositories may have a password in their address.
    private var shownRepository: String { PrintableURL.text(repository) }

    private func restic(_ arguments: [String]) throws(Refusal) -> ProcessRun.Result {
        let run = ProcessRun(
            argv: ["restic", "--repo=\(repository)", "--no-cache"] + arguments, surroundings: surroundings
        )
        let verb = arguments.first { !$0.hasPrefix("-") } ?? "restic"
        let result: ProcessRun.Result
        do throws(ProcessRun.Failure) {
            result = try run.run()
        } catch {
            throw Refusal(reason: error.reason)
        }
        guard result.succeeded else { throw Refusal(reason: Self.meaning(result, verb: verb)) }
        return result
    }

    /// restic's exit codes in words; a code that is not listed is a failure like any other.
    private static func meaning(_ result: ProcessRun.Result, verb: String) -> String {
        let known: String? =
            switch result.end {
            case .exited(2): "it crashed"
            case .exited(3): "it could not read everything"
            case .exited(10): "there is no repository"
            case .exited(11): "the repository is locked; see `restic unlock`"
            case .exited(12): "the password is wrong"
            case .exited(130), .signalled: "it was interrupted"
            case .exited: nil
            }
        return "restic \(verb) failed\(known.map { " (\($0))" } ?? "") with \(result.failure)"
    }
}

/// What `restic snapshots --json` says about one.
struct ResticSnapshot: Equatable {
    /// 64 hexadecimal digits.
    var id: String
    /// When its backup started.
    var time: Instant

    var shortID: String { String(id.prefix(8)) }

    /// Nil when the id or the time can't be read.
    init?(_ value: JSON) {
        guard let id = value["id"]?.text, id.utf8.count >= 8, id.utf8.allSatisfy(Self.isHexadecimal),
            let time = value["time"]?.text.flatMap(Timestamp.instant)
        else { return nil }
        self.id = id
        self.time = time
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

/// What lies in a directory after a restore; a file with several names counts once.
struct RestoredTree {
    private(set) var files = 0
    private(set) var bytes: Int64 = 0

    init(_ root: String) {
        var seen: Set<UInt64> = []
        guard let names = FileManager.default.enumerator(atPath: root) else { return }
        for case let name as String in names {
            var attributes = stat()
            guard lstat("\(root)/\(name)", &attributes) == 0, attributes.st_mode & S_IFMT == S_IFREG else { continue }
            guard seen.insert(UInt64(attributes.st_ino)).inserted else { continue }
            files += 1
            bytes += Int64(attributes.st_size)
        }
    }
}
