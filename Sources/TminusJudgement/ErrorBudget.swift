package import TminusModel

/// The arithmetic of one objective's error budget over a rolling window, by occurrences: every request counts once.
///
/// Numbers are for people and figures. Whether a limit is crossed is asked of the functions that return `Bool`, which
/// compare whole numbers exactly.
package struct ErrorBudget: Hashable, Sendable {
    package let target: Target
    /// In (0, ten years], whole milliseconds.
    package let window: Duration

    /// Throws: `outOfRange` for a target of 1 or more; `windowOutOfRange` for a window that is not longer than zero,
    /// or longer than ten years.
    package init(target: Ratio, window: Duration) throws(TargetError) {
        self.target = try Target(target)
        guard window >= .milliseconds(1), window <= .milliseconds(Duration.longestMilliseconds) else {
            throw .windowOutOfRange(window.bounded.releaseText)
        }
        self.window = .milliseconds(window.milliseconds)
    }

    // MARK: How much is left

    /// The share of the budget that is left, in (−infinity, 1]; negative when overspent, nil without requests.
    package func remaining(_ counts: GoodTotal) -> Double? {
        counts.badShare.map { 1 - $0 / target.budget }
    }

    /// True when less than `limit` of the budget is left, exactly; false when there were no requests.
    package func isRemaining(_ counts: GoodTotal, below limit: Ratio) -> Bool {
        guard counts.total > 0 else { return false }
        guard limit.numerator <= limit.denominator else { return true }
        // 1 − bad·den/(total·budget) < n/d  ⟺  bad·den·d > (d − n)·total·budget
        let kept =
            limit.numerator < 0
            ? limit.denominator.magnitude + limit.numerator.magnitude  // ≤ 2^64 − 1
            : (limit.denominator - limit.numerator).magnitude
        return ExactProduct([counts.bad.magnitude, target.denominator, limit.denominator.magnitude])
            > ExactProduct([kept, counts.total.magnitude, target.budgetNumerator])
    }

    /// What `spent` took from the budget of a window that saw `window`, as a share of the whole budget.
    ///
    /// At least 0; nil when the window saw no requests. This is a step's budget cost.
    package func cost(of spent: GoodTotal, in window: GoodTotal) -> Double? {
        window.total > 0 ? Double(spent.bad) / (target.budget * Double(window.total)) : nil
    }

    /// The whole budget as time: how long the service may be down within the window.
    package var allowedSeconds: Double { target.budget * seconds(window) }

    // MARK: How fast it goes

    /// Multiples of the rate that would use up exactly the budget over the window; at least 0, nil without requests.
    package func burnRate(_ counts: GoodTotal) -> Double? {
        counts.badShare.map { $0 / target.budget }
    }

    /// True when the burn rate is above `threshold`, exactly and strictly; false when there were no requests.
    package func isBurning(_ counts: GoodTotal, above threshold: BurnThreshold) -> Bool {
        ExactProduct([counts.bad.magnitude, target.denominator] + threshold.denominators)
            > ExactProduct([counts.total.magnitude, target.budgetNumerator] + threshold.numerators)
    }

    /// How long what is left lasts at this burn rate; zero when nothing is left, nil when nothing burns.
    package func timeToExhaustion(remaining: Double, burnRate: Double) -> Duration? {
        guard remaining > 0 else { return .zero }
        guard burnRate > 0, remaining.isFinite, burnRate.isFinite else { return nil }
        return duration(seconds: remaining * seconds(window) / burnRate)
    }

    /// How long an error share that starts at once and stays takes to cross a threshold; nil when it never does.
    package func detectionTime(of share: Double, _ threshold: BurnThreshold, lookback: Duration) -> Duration? {
        let crossing = threshold.value * target.budget
        guard share > crossing, share <= 1 else { return nil }
        return duration(seconds: crossing * seconds(lookback) / share)
    }

    /// The forecast cost of giving `weight` of the traffic to a version that fails `badShare` of it, for `duration`.
    package func cost(weight: Double, badShare: Double, for duration: Duration) -> Double {
        weight * badShare * seconds(duration.bounded) / seconds(window) / target.budget
    }

    private func seconds(_ duration: Duration) -> Double { Double(duration.bounded.milliseconds) / 1_000 }

    private func duration(seconds: Double) -> Duration {
        .milliseconds(Int64(min(seconds * 1_000, Double(Duration.longestMilliseconds)).rounded()))
    }
}
