package import TminusModel

/// How bursty a baseline has been, from enough of its history, or why that can't be told.
///
/// Careful in both directions: too small a figure convicts good versions, too large a one hides bad ones.
/// - *Enough.* By chance alone the estimate from n intervals with μ bad requests each has a standard error of about
///   sqrt(2 / n) / μ. It is used only when that is at most 0.1, and n at least `intervalsMin`.
/// - *No single incident.* One outage among a thousand calm intervals alone gives a relative variance above 100, after
///   which no release could be convicted for as long as it is remembered. So the history is cut into `blocks` of equal
///   length, and the median of theirs is taken: what happened in fewer than half of them is not how the service is.
/// - *A limit.* It is never more than `varianceMax`: simulations show that even where that is far too much, errors five
///   times as frequent are found within minutes, and doubled ones within 40 minutes half of the time.
package struct BurstEstimate: Equatable, Sendable {
    package static let intervalsMin = 128
    package static let blocks = 8
    package static let varianceMax = 1.0
    /// Bad requests², for each interval: the square of the standard error is 2 / this, at most 0.01.
    static let strengthMin = 200.0

    /// Intervals with requests.
    package let intervals: Int
    package let bad: Int64
    /// The relative variance of the rate, in 0 … `varianceMax`; nil when the history says too little.
    package let relativeVariance: Double?
    /// What was estimated was more than `varianceMax`.
    package let isCapped: Bool

    /// Readings of the same version, interval by interval, oldest first; those without requests are left out. Gaps
    /// between them do no harm: what drifted over a gap counts as varying, and comes once.
    package init(history: [GoodTotal]) {
        let counted = history.filter { $0.total > 0 }
        intervals = counted.count
        bad = counted.reduce(0) { sum, reading in
            let (more, overflow) = sum.addingReportingOverflow(reading.bad)
            return overflow ? .max : more
        }
        let strength = counted.isEmpty ? 0 : Double(bad) * Double(bad) / Double(counted.count)
        guard counted.count >= Self.intervalsMin, strength >= Self.strengthMin else {
            relativeVariance = nil
            isCapped = false
            return
        }
        let variances = (0..<Self.blocks).map { block in
            let from = counted.count * block / Self.blocks
            let to = counted.count * (block + 1) / Self.blocks
            return Overdispersion(history: Array(counted[from..<to])).relativeSurplus
        }.sorted()
        let median = (variances[Self.blocks / 2 - 1] + variances[Self.blocks / 2]) / 2
        isCapped = median > Self.varianceMax
        relativeVariance = min(max(median, 0), Self.varianceMax)
    }

    /// Why there is no estimate; nil when there is one.
    package var unknown: String? {
        guard relativeVariance == nil else { return nil }
        if intervals < Self.intervalsMin {
            return "\(intervals) intervals with requests are fewer than \(Self.intervalsMin)"
        }
        return "\(bad) bad requests in \(intervals) intervals are too few to tell bursts from chance"
    }
}
