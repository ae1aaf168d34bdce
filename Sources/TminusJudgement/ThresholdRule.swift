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
    /// Passing measurements in a row after which, with enough samples, the rule has passed for good; nil never.
    package var successLimit: Int?
    /// Measurements after which the rule is settled, whatever it says then; failed readings and those left out are not
    /// counted. Nil watches as long as it is asked to.
    package var measurementsMax: Int?
    /// Measurements left out at the beginning, of any kind.
    package var warmUp: Int
    /// What a measurement without series, without requests, or with an incomplete answer means.
    package var onNoData: RuleConduct.Missing
    package var onNoTraffic: RuleConduct.Missing
    package var onPartial: RuleConduct.Missing
    /// Judged and reported, never decides.
    package var isDryRun: Bool
    /// Requests that one measurement needs to say anything; less than 1 is 1.
    package var measurementMin: Int64
    /// Requests that all measurements together need before the rule can pass.
    package var samplesMin: Int64

    package init(
        name: String, trip: Trip, failAfter: Int = 1, counting: Counting = .cumulative, inconclusiveLimit: Int? = nil,
        errorLimit: Int = 4, successLimit: Int? = nil, measurementsMax: Int? = nil, warmUp: Int = 0,
        onNoData: RuleConduct.Missing = .hold, onNoTraffic: RuleConduct.Missing = .hold,
        onPartial: RuleConduct.Missing = .hold, isDryRun: Bool = false, measurementMin: Int64 = 1,
        samplesMin: Int64 = 1
    ) {
        self.name = name
        self.trip = trip
        self.failAfter = failAfter
        self.counting = counting
        self.inconclusiveLimit = inconclusiveLimit
        self.errorLimit = errorLimit
        self.successLimit = successLimit
        self.measurementsMax = measurementsMax
        self.warmUp = warmUp
        self.onNoData = onNoData
        self.onNoTraffic = onNoTraffic
        self.onPartial = onPartial
        self.isDryRun = isDryRun
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

    /// What it counts as here; nil when it is left out.
    package func counted(_ reading: ArmReading) -> Verdict? {
        let meaning: RuleConduct.Missing
        switch reading {
        case .error: return .error
        case .noData: meaning = onNoData
        case .partial: meaning = onPartial
        case .counts(let counts) where counts.total == 0: meaning = onNoTraffic
        case .counts: return phase(of: reading)
        }
        switch meaning {
        case .hold: return phase(of: reading)
        case .fail: return .fail
        case .ignore: return nil
        }
    }

    /// Where the rule stands after `history`, oldest first; the same as absorbing them one by one.
    ///
    /// Once `failAfter` is reached the rule has failed for good, whatever could not be measured before or since.
    package func standing(of history: [ArmReading]) -> RuleStanding {
        var process = ThresholdProcess(rule: self)
        for reading in history { process.absorb(reading) }
        return process.standing
    }
}
