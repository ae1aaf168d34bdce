import TminusModel

/// An attestation held against the limits of a check, at one instant. Pure.
struct BackupVerdict {
    /// How far another machine's clock may be ahead.
    static let skewMax: Duration = .seconds(5)

    /// What was established, in words.
    private(set) var findings: [String] = []
    /// What was not met or is missing; empty when the backup passes.
    private(set) var problems: [String] = []
    private(set) var outputs: [Variable] = []

    private let check: BackupCheck
    private let now: Instant

    init(check: BackupCheck, attestation: BackupAttestation, now: Instant) {
        self.check = check
        self.now = now
        note("id", attestation.id)
        note("consistent-point", Timestamp.text(attestation.consistentPoint))
        judgeRecoveryPoint(attestation)
        judgeRestoreTest(attestation)
        judgeCopies(attestation)
    }

    private mutating func note(_ name: String, _ value: String) {
        outputs.append(Variable(name: name, value: Sentence.cut(value)))
    }

    /// How old `instant` is, ≥ 0; nil, with a problem, when it lies in the future.
    private mutating func age(of instant: Instant, _ name: String) -> Duration? {
        let age = now.since(instant)
        guard age >= .zero - Self.skewMax else {
            problems.append("\(name) lies \((.zero - age).releaseText) in the future; check both clocks")
            return nil
        }
        return max(age, .zero)
    }

    private mutating func judgeRecoveryPoint(_ attestation: BackupAttestation) {
        for (instant, name) in [(attestation.started, "started"), (attestation.finished, "finished")] {
            if let instant { _ = age(of: instant, name) }
        }
        guard let age = age(of: attestation.consistentPoint, "consistent_point") else { return }
        note("age-milliseconds", String(age.milliseconds))
        let limit = check.recoveryPoint.map { " of \($0.releaseText) allowed" } ?? ""
        if let most = check.recoveryPoint, age > most {
            problems.append("the state it holds is \(age.releaseText) old, more than \(most.releaseText); back up anew")
        } else {
            findings.append("recovery point \(age.releaseText) ago\(limit)")
        }
    }

    private mutating func judgeRestoreTest(_ attestation: BackupAttestation) {
        guard let test = attestation.restoreTest else {
            problems.append("restore_test is missing, so nothing says that it can be restored; restore it once, timed")
            return
        }
        guard test.isOK else {
            problems.append("its restore test failed (restore_test.ok is false)")
            return
        }
        guard let age = age(of: test.finished, "restore_test.finished") else { return }
        guard age <= check.restoreTestAge else {
            problems.append(
                "its restore test is \(age.releaseText) old, more than \(check.restoreTestAge.releaseText); repeat it"
            )
            return
        }
        let (estimate, isScaled) = Self.recoveryTime(test, size: attestation.size)
        note("restore-milliseconds", String(estimate.milliseconds))
        let scaled = isScaled ? ", scaled to today's size" : ""
        if let most = check.recoveryTime, estimate > most {
            problems.append("a restore takes \(estimate.releaseText)\(scaled), more than \(most.releaseText)")
        } else {
            findings.append("restored in \(estimate.releaseText)\(scaled), tested \(age.releaseText) ago")
        }
    }

    /// The tested duration, in proportion where there is more to restore today; never scaled down.
    static func recoveryTime(
        _ test: BackupAttestation.RestoreTest, size: Int64?
    ) -> (estimate: Duration, isScaled: Bool) {
        let measured = test.finished.since(test.started)
        guard let then = test.size, let size, then > 0, size > then else { return (measured, false) }
        let scaled = Double(measured.milliseconds) * (Double(size) / Double(then))
        guard scaled < Double(Duration.longestMilliseconds) else {
            return (.milliseconds(Duration.longestMilliseconds), true)
        }
        return (.milliseconds(Int64(scaled.rounded(.up))), true)
    }

    private mutating func judgeCopies(_ attestation: BackupAttestation) {
        guard let least = check.copies else { return }
        guard let copies = attestation.copies else {
            problems.append("copies is missing; list every copy with location, media, offsite and verified_at")
            return
        }
        let limit = check.recoveryPoint ?? check.restoreTestAge
        var fresh: [BackupAttestation.Copy] = []
        var stale: [String] = []
        for copy in copies {
            guard let verified = copy.verified else {
                stale.append("\(copy.location) has no verified_at")
                continue
            }
            guard let age = age(of: verified, "verified_at of \(copy.location)") else { continue }
            if age > limit {
                stale.append("\(copy.location) was verified \(age.releaseText) ago, over \(limit.releaseText)")
            } else if !fresh.contains(where: { $0.location == copy.location }) {
                fresh.append(copy)
            }
        }
        note("copies", String(fresh.count))
        judge(fresh, least: least, why: stale.isEmpty ? "" : " (\(Sentence.list(stale)))")
    }

    /// Three or more copies means 3-2-1: two media, one of them elsewhere.
    private mutating func judge(_ fresh: [BackupAttestation.Copy], least: Int, why: String) {
        let before = problems.count
        if fresh.count < least {
            problems.append("\(fresh.count) fresh copies, and \(least) are asked\(why)")
        }
        if least >= 3 {
            let media = Set(fresh.compactMap(\.media)).count
            if media < 2 { problems.append("the fresh copies are on \(media) kinds of media, and 2 are asked\(why)") }
            if !fresh.contains(where: \.isOffsite) { problems.append("no fresh copy is offsite\(why)") }
        }
        if problems.count == before { findings.append("\(fresh.count) fresh copies") }
    }
}
