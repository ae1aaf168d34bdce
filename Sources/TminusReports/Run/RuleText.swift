import TminusJudgement
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
        case .planned(let plan):
            let looks = plan.looks == 1 ? "1 planned look" : "\(plan.looks) planned looks"
            return "\(indicator): candidate's failures at most \(plan.bound.decimalText)x baseline's, by \(looks), "
                + "which find \(plan.toFind.decimalText)x"
        case .slowerAbove(let bound, let harmless):
            let pass = harmless.map { ", harmless below \($0.decimalText)x" } ?? ""
            return "\(indicator): candidate slow at most \(bound.decimalText)x as often as baseline, at all boundaries"
                + pass
        case .meanAbove(let tolerated):
            return "\(indicator): candidate's mean at most \(tolerated.releaseText) above baseline's"
        }
    }

    /// What is known beforehand of how failures come; nil for a rule that needs no such knowledge.
    static func bursts(_ rule: JudgingRule) -> String? {
        guard case .ratioAbove = rule.trip, rule.conduct.tempering == nil else { return nil }
        guard let known = rule.conduct.burstiness else {
            return "how bursty failures are is not known from history; learned while it watches"
        }
        let from = "from \(known.history.releaseText) of history"
        if known.thousandths <= 0 { return "errors come evenly: variance 0 \(from)" }
        let variance = Ratio(numerator: known.thousandths, denominator: 1_000)
        return "errors come in bursts: variance \(variance.decimalText) \(from)"
    }

    /// A reason that begins with the rule's name, for where the name stands already.
    static func reason(_ reason: String, without name: String) -> String {
        reason.hasPrefix("\(name): ") ? String(reason.dropFirst(name.count + 2)) : reason
    }

    /// The numbers that decide, for a narrow screen; nil when there are none.
    ///
    /// `candidate 19 of 200 requests bad, baseline 18 of 1,800`, or `98.5% of 201 requests good`.
    static func brief(_ judgement: Judgement) -> String? {
        func text(_ name: String) -> String? { judgement.figures.first { $0.name == name }?.text }
        if let candidate = text("candidate bad"), let baseline = text("baseline bad") {
            return "candidate \(short(candidate)) bad, baseline \(short(baseline))"
        }
        if let share = text("good share"), let requests = text("requests") { return "\(share) of \(requests) good" }
        return nil
    }

    private static func short(_ counts: String) -> String {
        counts.hasSuffix(" requests") ? String(counts.dropLast(" requests".count)) : counts
    }

    /// `12:00:05 to 12:00:10: candidate 12 of 200 bad, baseline 1 of 210 bad`.
    static func measurement(_ measurement: Measurement, _ rule: JudgingRule, _ clock: WallClock) -> String {
        let subject = reading(measurement.subject, measurement.subjectDurations)
        let arms =
            measurement.baseline.map {
                "candidate \(subject), baseline \(reading($0, measurement.baselineDurations))"
            } ?? "\(rule.subject.rawValue) \(subject)"
        return "\(clock.time(measurement.from)) to \(clock.time(measurement.to)): \(arms)"
    }

    /// With durations: `102 requests, 300 ms on average`, or `102 requests, 76 of them within 0.1 s`.
    private static func reading(_ reading: ArmReading, _ durations: DurationGrowth?) -> String {
        guard let durations, case .counts(let counts) = reading else { return Self.reading(reading) }
        let requests = Count.of(Int(clamping: counts.total), "request")
        if let seconds = durations.seconds, counts.total > 0 {
            return "\(requests), \(Wording.decimal(seconds / Double(counts.total) * 1_000, digits: 1)) ms on average"
        }
        guard let bound = durations.boundaries.first, let within = durations.atMost.first else { return requests }
        return "\(requests), \(within) of them within \(Wording.decimal(bound, digits: 3)) s"
    }

    static func reading(_ reading: ArmReading) -> String {
        switch reading {
        case .counts(let counts): "\(counts.bad) of \(counts.total) bad"
        case .partial(let counts, let why): "\(counts.bad) of \(counts.total) bad, seen in part (\(why))"
        case .noData(let why): "no data (\(why))"
        case .error(let why): "unreadable (\(why))"
        }
    }
}
