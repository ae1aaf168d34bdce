package import TminusModel

/// Canary weights and durations whose worst case stays inside a share of the error budget.
///
/// The worst case of a weight is a version that fails every request from the moment it gets that weight until it is
/// found out and taken back: `weight × (detection + rollback) / window / budget`. It is the last weight's, because a
/// failure that began at an earlier one has cost less until then.
package struct CanarySizing: Equatable, Sendable {
    /// Percent of traffic, rising.
    package let weights: [Int]
    /// How long each is watched: never shorter than the detection time, or the next weight would come before a failure
    /// at this one could be known.
    package let every: Duration
    /// The worst case at the last weight.
    package let forecast: StepForecast
    /// The arithmetic in one sentence.
    package let text: String
    package let figures: [Figure]

    /// What the sizes follow from.
    package struct Limits: Equatable, Sendable {
        /// In (0, 1]: how much of the whole budget the canary may cost.
        package var spendAtMost: Ratio
        /// From the first failure until a rule has convicted, at the most.
        package var detection: Duration
        /// From then until no request gets to the new version, at the most.
        package var rollback: Duration
        /// How often the rules look; longer than 0.
        package var interval: Duration
        /// Nil chooses the shortest that the rules allow.
        package var every: Duration?

        package init(
            spendAtMost: Ratio, detection: Duration, rollback: Duration, interval: Duration, every: Duration? = nil
        ) {
            self.spendAtMost = spendAtMost
            self.detection = detection
            self.rollback = rollback
            self.interval = interval
            self.every = every
        }
    }

    /// What is tried, in percent, up to the largest that fits; half of the traffic is where a canary ends.
    private static let ladder = [1, 2, 5, 10, 25, 50]

    /// Throws: `nothingFits` when one percent costs too much, `tooShort` when `every` is shorter than the detection.
    package init(_ budget: ErrorBudget, _ limits: Limits) throws(CanarySizingError) {
        let detection = max(limits.detection.bounded, .milliseconds(1))
        let exposed = detection + max(limits.rollback.bounded, .zero)
        if let every = limits.every, every < detection { throw .tooShort(every: every, detection: detection) }
        guard let most = Self.largest(budget, limits.spendAtMost, exposed) else {
            let one = Self.worst(1, exposed)
            throw .nothingFits(BudgetForecast.text(one, budget), limits.spendAtMost)
        }
        weights = Self.ladder.filter { $0 < most } + [most]
        every = limits.every ?? Self.whole(detection, of: limits.interval)
        forecast = Self.worst(most, exposed)
        let allowed =
            budget.allowedSeconds * Double(limits.spendAtMost.numerator)
            / Double(limits.spendAtMost.denominator)
        let cost = BudgetForecast(forecast, budget).value
        text =
            "\(limits.spendAtMost.percentText) of \(Self.time(budget.allowedSeconds)) of budget is "
            + "\(Self.time(allowed)); found in \(detection.releaseText) and taken back in "
            + "\(limits.rollback.releaseText), a version that fails everything costs at \(most)% of traffic "
            + "\(Self.time(cost * budget.allowedSeconds)), \(Wording.percent(cost, besides: limits.spendAtMost))"
        figures = [
            Figure(name: "allowed seconds", value: allowed, text: Self.time(allowed)),
            Figure(name: "detection seconds", value: Self.seconds(detection), text: detection.releaseText),
            Figure(
                name: "rollback seconds", value: Self.seconds(limits.rollback), text: limits.rollback.releaseText),
            Figure(name: "last weight", value: Double(most), text: "\(most)%"),
            Figure(name: "worst cost", value: cost, text: Wording.percent(cost, besides: limits.spendAtMost)),
        ]
    }

    /// Every request of `weight` percent fails for `duration`.
    package static func worst(_ weight: Int, _ duration: Duration) -> StepForecast {
        // In lowest decimal terms, as a plan that is read again has it.
        let share = Ratio(decimalText: "\(weight)%") ?? Ratio(numerator: Int64(weight), denominator: 100)
        return StepForecast(share: share, errorRatio: Ratio(numerator: 1, denominator: 1), duration: duration)
    }

    private static func largest(_ budget: ErrorBudget, _ limit: Ratio, _ exposed: Duration) -> Int? {
        let most = ladder.last ?? 1
        return (1...most).reversed().first { !BudgetForecast(worst($0, exposed), budget).exceeds(limit) }
    }

    /// The least multiple of `interval` that is not shorter than `duration`.
    private static func whole(_ duration: Duration, of interval: Duration) -> Duration {
        let step = max(interval.bounded.milliseconds, 1)
        let count = (duration.milliseconds + step - 1) / step  // both at most ten years
        return .milliseconds(count * step)
    }

    private static func seconds(_ duration: Duration) -> Double { Double(duration.bounded.milliseconds) / 1_000 }

    private static func time(_ seconds: Double) -> String {
        seconds >= 60
            ? "\(Wording.decimal(seconds / 60, digits: 2)) min" : "\(Wording.decimal(seconds, digits: 2)) s"
    }
}

/// Why no weights could be chosen; the description says what to change.
package enum CanarySizingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cost of one percent, as a sentence, and the limit.
    case nothingFits(String, Ratio)
    case tooShort(every: Duration, detection: Duration)

    package var description: String {
        switch self {
        case .nothingFits(let cost, let limit): "\(cost), more than the \(limit.percentText) that it may cost"
        case .tooShort(let every, let detection):
            "a failure is found after up to \(detection.releaseText), and each weight is watched for only "
                + "\(every.releaseText): the next would come before this one is known to be good"
        }
    }
}
