import TminusModel

/// Judging rules and what they measured, in words.
enum RuleText {
    /// `availability of the candidate at least 95 %, three misses convict`.
    static func sentence(_ rule: JudgingRule, _ plan: Plan) -> String {
        let indicator = plan.indicators.indices.contains(rule.indicator) ? plan.indicators[rule.indicator].name : "?"
        switch rule.trip {
        case .below(let bound, let failAfter):
            let convicts = failAfter == 1 ? "one miss convicts" : "\(failAfter) misses convict"
            return "\(indicator) of the \(rule.subject.rawValue) at least \(bound.percentText), \(convicts)"
        case .ratioAbove(let bound, let harmless):
            let pass = harmless.map { ", harmless below \($0.decimalText)x" } ?? ""
            return "\(indicator): candidate's failures at most \(bound.decimalText)x baseline's\(pass)"
        }
    }

    /// `12:00:05 to 12:00:10: candidate 12 of 200 bad, baseline 1 of 210 bad`.
    static func measurement(_ measurement: Measurement, _ rule: JudgingRule, _ clock: WallClock) -> String {
        let arms =
            measurement.baseline.map { "candidate \(reading(measurement.subject)), baseline \(reading($0))" }
            ?? "\(rule.subject.rawValue) \(reading(measurement.subject))"
        return "\(clock.time(measurement.from)) to \(clock.time(measurement.to)): \(arms)"
    }

    static func reading(_ reading: ArmReading) -> String {
        switch reading {
        case .counts(let counts): "\(counts.bad) of \(counts.total) bad"
        case .noData(let why): "no data (\(why))"
        case .error(let why): "unreadable (\(why))"
        }
    }
}
