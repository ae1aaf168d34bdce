package import TminusModel

/// Trips when the share of good requests crosses a bound in too many measurements.
package struct ThresholdRule: Equatable, Sendable {
    package enum Trip: Equatable, Sendable {
        /// A measurement fails when less than this share was good; exactly the bound is still good.
        case below(Ratio)
        /// A measurement fails when more than this share was good; for indicators where good means unwanted.
        case above(Ratio)
    }

    package enum Counting: Equatable, Sendable {
        /// Failing measurements add up over the whole watch; a good one in between forgives nothing.
        case cumulative
        /// Failing measurements must follow each other. One that says nothing neither adds nor forgives.
        case consecutive
    }

    package var name: String
    package var trip: Trip
    /// Fails on failing measurement number `failAfter`: 1 on the first, 3 on the third. Less than 1 is 1.
    package var failAfter: Int
    package var counting: Counting
    /// Measurements that say nothing (no data, no requests, too few) tolerated in all; one more and the rule is
    /// inconclusive. Nil tolerates any number while the rule is watched.
    package var inconclusiveLimit: Int?
    /// Failed measurements tolerated in a row; one more and the rule is in error. Any other measurement starts anew.
    package var errorLimit: Int
    /// Requests that one measurement needs to say anything; less than 1 is 1.
    package var measurementMin: Int64
    /// Requests that all measurements together need before the rule can pass.
    package var samplesMin: Int64

    package init(
        name: String, trip: Trip, failAfter: Int = 1, counting: Counting = .cumulative, inconclusiveLimit: Int? = nil,
        errorLimit: Int = 4, measurementMin: Int64 = 1, samplesMin: Int64 = 1
    ) {
        self.name = name
        self.trip = trip
        self.failAfter = failAfter
        self.counting = counting
        self.inconclusiveLimit = inconclusiveLimit
        self.errorLimit = errorLimit
        self.measurementMin = measurementMin
        self.samplesMin = samplesMin
    }

    /// What one measurement says by itself; never `warning`.
    package func phase(of reading: ArmReading) -> Verdict {
        switch reading {
        case .error: return .error
        case .noData: return .noData
        case .partial: return .inconclusive
        case .counts(let counts):
            guard counts.total > 0 else { return .noData }
            guard counts.total >= measurementMin else { return .inconclusive }
            switch trip {
            case .below(let bound): return counts.isGoodShare(below: bound) ? .fail : .pass
            case .above(let bound): return counts.isGoodShare(above: bound) ? .fail : .pass
            }
        }
    }

    /// Where the rule stands after `history`, oldest first.
    ///
    /// Once `failAfter` is reached the rule has failed for good, whatever could not be measured before or since.
    package func standing(of history: [ArmReading]) -> RuleStanding {
        var tally = Tally()
        for reading in history { tally.add(reading, phase(of: reading), self) }
        let figures = tally.figures(failAfter: max(failAfter, 1))
        func stands(_ verdict: Verdict, _ reason: String, isSettled: Bool = false) -> RuleStanding {
            RuleStanding(verdict, "\(name): \(reason)", figures, isSettled: isSettled)
        }
        if let tripping = tally.tripping {
            return stands(.fail, "\(failures(tally)), the last with \(described(tripping))", isSettled: true)
        }
        if tally.errorsInARow > max(errorLimit, 0) {
            let errors = "\(tally.errorsInARow) measurements in a row failed, \(max(errorLimit, 0)) are tolerated"
            return stands(.error, "\(errors): \(tally.lastText)", isSettled: true)
        }
        if let inconclusiveLimit, tally.inconclusive > max(inconclusiveLimit, 0) {
            let silent = "\(tally.inconclusive) measurements said nothing, \(max(inconclusiveLimit, 0)) are tolerated"
            return stands(.inconclusive, silent, isSettled: true)
        }
        return undecided(tally, stands)
    }

    private func undecided(_ tally: Tally, _ stands: (Verdict, String, Bool) -> RuleStanding) -> RuleStanding {
        switch tally.lastPhase {
        case nil:
            return stands(.noData, "nothing has been measured yet", false)
        case .error:
            let errors = "\(tally.errorsInARow) of \(max(errorLimit, 0)) tolerated in a row"
            return stands(.inconclusive, "the latest measurement failed (\(errors)): \(tally.lastText)", false)
        case .noData:
            return stands(.noData, "the latest measurement had nothing to count: \(tally.lastText)", false)
        case .inconclusive, .warning:
            let needed = Wording.count(max(measurementMin, 1), "request")
            return stands(.inconclusive, "the latest measurement has fewer than the \(needed) needed", false)
        case .fail:
            return stands(.inconclusive, "\(failures(tally)), the latest with \(described(tally.latest))", false)
        case .pass:
            guard tally.samples.total >= samplesMin else {
                let needed = Wording.count(samplesMin, "request")
                let seen = Wording.grouped(tally.samples.total.magnitude)
                return stands(.inconclusive, "\(seen) of the \(needed) needed so far, \(failures(tally))", false)
            }
            return stands(.pass, "\(described(tally.latest)), \(failures(tally))", false)
        }
    }

    private func failures(_ tally: Tally) -> String {
        "failing measurements \(tally.failures) of \(max(failAfter, 1))"
            + (counting == .consecutive ? " in a row" : "")
    }

    private func described(_ counts: GoodTotal) -> String {
        let (bound, wanted) =
            switch trip {
            case .below(let bound): (bound, "at least")
            case .above(let bound): (bound, "at most")
            }
        let share = Wording.percent(1 - (counts.badShare ?? .nan), besides: bound)
        return "\(share) of \(Wording.count(counts.total, "request")) good (\(wanted) \(bound.percentText) wanted)"
    }
}

/// What the measurements so far add up to.
private struct Tally {
    var failures = 0
    var inconclusive = 0
    var errorsInARow = 0
    /// The counts of the measurement that reached `failAfter`; set once.
    var tripping: GoodTotal?
    /// Of passing and failing measurements.
    var samples = GoodTotal.none
    var latest = GoodTotal.none
    var lastPhase: Verdict?
    var lastText = ""

    mutating func add(_ reading: ArmReading, _ phase: Verdict, _ rule: ThresholdRule) {
        lastPhase = phase
        errorsInARow = phase == .error ? errorsInARow + 1 : 0
        switch reading {
        case .error(let text), .noData(let text), .partial(_, let text): lastText = text
        case .counts(let counts):
            lastText = "no requests"
            latest = counts
        }
        switch phase {
        case .noData, .inconclusive, .warning: inconclusive += 1
        case .error: break
        case .pass:
            samples = samples.adding(latest)
            if rule.counting == .consecutive, tripping == nil { failures = 0 }
        case .fail:
            samples = samples.adding(latest)
            if tripping == nil || rule.counting == .cumulative { failures += 1 }
            if tripping == nil, failures >= rule.failAfter { tripping = latest }
        }
    }

    func figures(failAfter: Int) -> [Figure] {
        [
            Figure(
                name: "good share", value: latest.badShare.map { 1 - $0 },
                text: latest.badShare.map { Wording.percent(1 - $0) } ?? "none"),
            Figure(
                name: "requests", value: Double(samples.total), text: Wording.count(samples.total, "request")),
            Figure(name: "failing measurements", value: Double(failures), text: "\(failures) of \(failAfter)"),
            Figure(name: "failed in a row", value: Double(errorsInARow), text: "\(errorsInARow)"),
        ]
    }
}
