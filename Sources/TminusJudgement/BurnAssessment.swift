import TminusModel

/// The counts of every lookback that was measured, by length.
struct LookbackReadings: Sendable {
    private let lookbacks: [BudgetMeasurement.Lookback]

    init(_ lookbacks: [BudgetMeasurement.Lookback]) {
        self.lookbacks = lookbacks
    }

    /// An absent length, or two readings of one length that differ, is an error of the source.
    func reading(over length: Duration) -> ArmReading {
        let found = lookbacks.filter { $0.length == length }
        guard let first = found.first else { return .error("the source counted nothing over \(length.releaseText)") }
        guard found.allSatisfy({ $0.reading == first.reading }) else {
            return .error("the source gave two different counts over \(length.releaseText)")
        }
        return first.reading
    }

    /// The first lookback that could not be read, whether or not an alert needs it: a source that has stopped
    /// answering shows there first, while the window is still full of old counts.
    func finding() -> BudgetFinding? {
        for lookback in lookbacks {
            let length = lookback.length.bounded.releaseText
            switch reading(over: lookback.length) {
            case .counts: continue
            case .error(let text): return Self.unread(.error, length, text)
            case .partial(_, let text): return Self.unread(.inconclusive, length, text)
            case .noData(let text): return Self.unread(.noData, length, text)
            }
        }
        return nil
    }

    static func unread(_ verdict: Verdict, _ length: String, _ text: String) -> BudgetFinding {
        BudgetFinding(
            verdict: verdict,
            cause: "the last \(length) could not be measured: \(text)",
            release: "when the source answers again"
        )
    }
}

/// Whether one burn alert fires, stays quiet, or cannot be told.
struct BurnAssessment: Equatable, Sendable {
    private enum State: Equatable, Sendable {
        case fires
        case quiet
        case unknown(Verdict, String)
    }

    private let pair: BurnPair
    private let long: ArmReading
    private let short: ArmReading
    private let longRate: Double?
    private let shortRate: Double?
    /// The least burn rate that the long lookback's counts show with 95 % confidence; nil when its threshold was not
    /// exceeded, so that the question does not arise.
    private let shownRate: Double?
    private let state: State

    init(_ pair: BurnPair, _ lookbacks: LookbackReadings, _ budget: ErrorBudget) {
        self.pair = pair
        long = lookbacks.reading(over: pair.long)
        short = lookbacks.reading(over: pair.short)
        longRate = Self.counts(long).flatMap(budget.burnRate)
        shortRate = Self.counts(short).flatMap(budget.burnRate)
        let longBurns = Self.counts(long).map { budget.isBurning($0, above: pair.threshold) }
        let shortBurns = Self.counts(short).map { budget.isBurning($0, above: pair.threshold) }
        var isShown = false
        if let counts = Self.counts(long), longBurns == true {
            shownRate = ClopperPearson.lowerBound(counts) / budget.target.budget
            isShown = ClopperPearson.exceeds(counts, rate: pair.threshold.value * budget.target.budget)
        } else {
            shownRate = nil
        }
        state = Self.state(pair, long, short, longBurns: longBurns.map { $0 && isShown }, shortBurns: shortBurns)
    }

    /// Nil for anything that is no rate: unread, or no requests.
    private static func counts(_ reading: ArmReading) -> GoodTotal? {
        if case .counts(let counts) = reading, counts.total > 0 { counts } else { nil }
    }

    /// What was not read is unknown whatever the other lookback says. No requests is known to be no requests: then one
    /// quiet lookback is enough to know that both cannot burn.
    private static func state(
        _ pair: BurnPair, _ long: ArmReading, _ short: ArmReading, longBurns: Bool?, shortBurns: Bool?
    ) -> State {
        for (reading, length) in [(long, pair.long), (short, pair.short)] {
            switch reading {
            case .counts: continue
            case .error(let text): return .unknown(.error, "the last \(length.releaseText) was not measured: \(text)")
            case .partial(_, let text):
                return .unknown(.inconclusive, "the last \(length.releaseText) was seen in part: \(text)")
            case .noData(let text): return .unknown(.noData, "the last \(length.releaseText) has no data: \(text)")
            }
        }
        if longBurns == false || shortBurns == false { return .quiet }
        if longBurns == true && shortBurns == true { return .fires }
        let silent = longBurns == nil ? pair.long : pair.short
        return .unknown(.noData, "there were no requests in the last \(silent.releaseText)")
    }

    var sighting: AlertState.Sighting {
        switch state {
        case .fires: .burning
        case .quiet: .quiet
        case .unknown(_, let text): .unmeasured(text)
        }
    }

    func finding() -> BudgetFinding? {
        switch state {
        case .quiet:
            return nil
        case .unknown(let verdict, let text):
            return BudgetFinding(
                verdict: verdict, cause: "whether the \(pair.name) burn alert fires is unknown, \(text)",
                release: "when both \(pair.long.releaseText) and \(pair.short.releaseText) are measured"
            )
        case .fires:
            let limit = Wording.times(pair.threshold.value)
            return BudgetFinding(
                verdict: .fail,
                cause: "the \(pair.name) burn alert fires, \(pair.long.releaseText) at \(times(longRate)) and "
                    + "\(pair.short.releaseText) at \(times(shortRate)), both above \(limit)",
                release: "when either is at \(limit) or less"
            )
        }
    }

    /// Such as `1h burn 2.1x (page at 14.4x)`.
    var summary: String {
        let limit = Wording.times(pair.threshold.value)
        guard longRate != nil else { return "\(pair.long.releaseText) burn unknown (page at \(limit))" }
        var text = "\(pair.long.releaseText) burn \(times(longRate)) (page at \(limit)"
        if state == .quiet, let shownRate, shownRate <= pair.threshold.value {
            text += ", too few requests to show more than \(Wording.times(shownRate))"
        }
        return text + ")"
    }

    var figures: [Figure] {
        [
            Figure(
                name: "\(pair.name) threshold", value: pair.threshold.value, text: Wording.times(pair.threshold.value)),
            Figure(name: "\(pair.name) burn rate \(pair.long.releaseText)", value: longRate, text: times(longRate)),
            Figure(name: "\(pair.name) burn rate \(pair.short.releaseText)", value: shortRate, text: times(shortRate)),
        ]
            + (shownRate.map {
                [Figure(name: "\(pair.name) burn rate shown", value: $0, text: Wording.times($0))]
            } ?? [])
    }

    private func times(_ rate: Double?) -> String {
        rate.map { Wording.times($0, besides: pair.threshold.value) } ?? "none"
    }
}
