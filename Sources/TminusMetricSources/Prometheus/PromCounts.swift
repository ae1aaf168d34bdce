import TminusModel
import TminusPorts

/// Two figures of Prometheus, as counts: section 1.8's matrix of what is missing.
struct PromCounts {
    var indicator: Indicator
    var countsBad: Bool
    /// For people: `the last 5m`.
    var window: Duration
    var warnings: [String]

    /// Counts beyond this are no longer exact.
    static let countMax = 9_007_199_254_740_992.0

    /// The reading of one slice; nil stands for no series.
    func reading(part: Double?, total: Double?) -> ArmReading {
        guard let total else {
            return .noData(
                "Prometheus has no series for the total of \(indicator.name), or fewer than two samples in "
                    + "\(window.releaseText)")
        }
        // 0/0: nobody asked for anything.
        if total.isNaN { return part.map { $0.isNaN || $0 == 0 } ?? true ? .counts(.none) : unclear("NaN in total") }
        guard let totalCount = Self.whole(total) else { return unclear("\(total) in total") }
        guard let part else {
            if countsBad { return settled(GoodTotal(good: totalCount, total: totalCount)) }
            return .noData(
                "Prometheus has no series for the good of \(indicator.name); export it as 0 from the start, "
                    + "so that absent never means none")
        }
        if part.isNaN, totalCount == 0 { return settled(GoodTotal.none) }
        guard let partCount = Self.whole(part) else { return unclear("\(part) \(countsBad ? "bad" : "good")") }
        // Both grew by the same law of extrapolation; what is left is the noise of adding doubles up.
        let isWithin = part <= total * (1 + 1e-9) + 1e-9
        guard isWithin else { return unclear("\(partCount) \(countsBad ? "bad" : "good") of only \(totalCount)") }
        let count = min(partCount, totalCount)
        return settled(GoodTotal(good: countsBad ? totalCount - count : count, total: totalCount))
    }

    private func settled(_ counts: GoodTotal?) -> ArmReading {
        guard let counts else { return unclear("counts that don't add up") }
        guard let warning = warnings.first else { return .counts(counts) }
        return .partial(counts, "Prometheus warns: \(warning)")
    }

    private func unclear(_ what: String) -> ArmReading {
        .error("\(indicator.name): Prometheus counts \(what); check the query")
    }

    /// Rounded to the nearest whole; nil for what is no count.
    private static func whole(_ value: Double) -> Int64? {
        guard value.isFinite, value >= 0, value <= countMax else { return nil }
        return Int64(exactly: value.rounded())
    }
}
