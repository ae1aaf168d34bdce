package import TminusModel

/// A threshold rule on its way: absorbs one measurement after the other, each at the same small cost, and says at any
/// time where the rule stands.
package struct ThresholdProcess: Equatable, Sendable {
    package let rule: ThresholdRule
    private var failures = 0
    private var inconclusive = 0
    private var errorsInARow = 0
    private var passesInARow = 0
    /// Measurements that count towards `measurementsMax`.
    private var measurements = 0
    private var warmUpLeft: Int
    private var leftOut = 0
    /// How the rule ended; set once.
    private var ending: Ending?
    /// Of passing and failing measurements.
    private var samples = GoodTotal.none
    private var latest = GoodTotal.none
    private var lastPhase: Verdict?
    private var lastText = ""

    private enum Ending: Equatable, Sendable {
        /// The sentence describes the measurement that reached `failAfter`.
        case failed(String)
        case passed
    }

    package init(rule: ThresholdRule) {
        self.rule = rule
        warmUpLeft = max(rule.warmUp, 0)
    }

    /// Takes in the next measurement.
    package mutating func absorb(_ reading: ArmReading) {
        guard warmUpLeft == 0 else {
            warmUpLeft -= 1
            return
        }
        guard let phase = rule.counted(reading) else {
            leftOut += 1
            return
        }
        note(reading, phase)
        switch phase {
        case .noData, .inconclusive, .warning: inconclusive += 1
        case .error: break
        case .pass: pass()
        case .fail: fail()
        }
    }

    private mutating func note(_ reading: ArmReading, _ phase: Verdict) {
        lastPhase = phase
        errorsInARow = phase == .error ? errorsInARow + 1 : 0
        if phase != .error { measurements += 1 }
        if phase == .fail || phase == .inconclusive || phase == .noData { passesInARow = 0 }
        switch reading {
        case .error(let text), .noData(let text): lastText = text
        case .partial(_, let text): lastText = "incomplete: \(text)"
        case .counts(let counts):
            lastText = "no requests"
            latest = counts
            if phase == .pass || phase == .fail { lastText = described(counts) }
        }
        if case .counts(let counts) = reading, phase == .pass || phase == .fail { samples = samples.adding(counts) }
    }

    private mutating func pass() {
        if rule.counting == .consecutive, ending == nil { failures = 0 }
        passesInARow += 1
        guard let successLimit = rule.successLimit, ending == nil else { return }
        if passesInARow >= max(successLimit, 1), samples.total >= rule.samplesMin { ending = .passed }
    }

    private mutating func fail() {
        if ending == nil || rule.counting == .cumulative { failures += 1 }
        if ending == nil, failures >= rule.failAfter { ending = .failed(lastText) }
    }

    // MARK: Where the rule stands

    private var isOver: Bool { rule.measurementsMax.map { measurements >= max($0, 1) } ?? false }

    package var standing: RuleStanding {
        let errorLimit = max(rule.errorLimit, 0)
        switch ending {
        case .failed(let text): return stands(.fail, "\(failuresText), the last with \(text)", isSettled: true)
        case .passed:
            return stands(.pass, "\(max(rule.successLimit ?? 1, 1)) passing measurements in a row", isSettled: true)
        case nil: break
        }
        if errorsInARow > errorLimit {
            let errors = "\(errorsInARow) measurements in a row failed, \(errorLimit) are tolerated"
            return stands(.error, "\(errors): \(lastText)", isSettled: true)
        }
        if let limit = rule.inconclusiveLimit.map({ max($0, 0) }), inconclusive > limit {
            let silent = "\(inconclusive) measurements said nothing, \(limit) are tolerated"
            return stands(.inconclusive, silent, isSettled: true)
        }
        if isOver, let limit = rule.successLimit {
            let wanted = "\(passesInARow) of the \(max(limit, 1)) passing measurements in a row that are needed"
            return stands(.inconclusive, "\(wanted), after all \(measurements)", isSettled: true)
        }
        return undecided
    }

    private var undecided: RuleStanding {
        switch lastPhase {
        case nil:
            return stands(.noData, "nothing has been measured yet")
        case .error:
            let errors = "\(errorsInARow) of \(max(rule.errorLimit, 0)) tolerated in a row"
            return stands(.inconclusive, "the latest measurement failed (\(errors)): \(lastText)")
        case .noData:
            return stands(.noData, "the latest measurement had nothing to count: \(lastText)", isSettled: isOver)
        case .inconclusive, .warning:
            let needed = Wording.count(max(rule.measurementMin, 1), "request")
            let fewer = "the latest measurement has fewer than the \(needed) needed"
            let text = lastText.hasPrefix("incomplete") ? "the latest measurement is \(lastText)" : fewer
            return stands(.inconclusive, text, isSettled: isOver)
        case .fail:
            return stands(.inconclusive, "\(failuresText), the latest with \(lastText)", isSettled: isOver)
        case .pass:
            guard samples.total >= rule.samplesMin else {
                let needed = Wording.count(rule.samplesMin, "request")
                let seen = Wording.grouped(samples.total.magnitude)
                return stands(
                    .inconclusive, "\(seen) of the \(needed) needed so far, \(failuresText)", isSettled: isOver)
            }
            return stands(.pass, "\(described(latest)), \(failuresText)", isSettled: isOver)
        }
    }

    private func stands(_ verdict: Verdict, _ reason: String, isSettled: Bool = false) -> RuleStanding {
        let left = leftOut > 0 ? " (\(leftOut) without an answer left out)" : ""
        return RuleStanding(
            verdict, "\(rule.name): \(reason)\(left)", figures, isSettled: isSettled, isDryRun: rule.isDryRun)
    }

    private var failuresText: String {
        "failing measurements \(failures) of \(max(rule.failAfter, 1))"
            + (rule.counting == .consecutive ? " in a row" : "")
    }

    private func described(_ counts: GoodTotal) -> String {
        let (bound, wanted) =
            switch rule.trip {
            case .below(let bound): (bound, "at least")
            case .above(let bound): (bound, "at most")
            }
        let share = Wording.percent(1 - (counts.badShare ?? .nan), besides: bound)
        return "\(share) of \(Wording.count(counts.total, "request")) good (\(wanted) \(bound.percentText) wanted)"
    }

    private var figures: [Figure] {
        [
            Figure(
                name: "good share", value: latest.badShare.map { 1 - $0 },
                text: latest.badShare.map { Wording.percent(1 - $0) } ?? "none"),
            Figure(name: "requests", value: Double(samples.total), text: Wording.count(samples.total, "request")),
            Figure(
                name: "failing measurements", value: Double(failures),
                text: "\(failures) of \(max(rule.failAfter, 1))"),
            Figure(name: "failed in a row", value: Double(errorsInARow), text: "\(errorsInARow)"),
        ]
    }
}
