/// Quantiles of a sample, by a method that is named. Percentiles of different samples are never averaged.
package enum Quantile {
    /// The smallest value with at least `share` of the sample at or below it: position ⌈share · n⌉, from 1.
    ///
    /// `sorted` ascends; nil when it is empty or `share` is outside [0, 1].
    package static func nearestRank(_ sorted: [Double], _ share: Double) -> Double? {
        guard !sorted.isEmpty, share >= 0, share <= 1 else { return nil }
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }

    /// R's type 7, which interpolates between positions 1 + (n − 1) share; what Kayenta and numpy use.
    package static func interpolated(_ sorted: [Double], _ share: Double) -> Double? {
        guard !sorted.isEmpty, share >= 0, share <= 1 else { return nil }
        let position = share * Double(sorted.count - 1)
        let below = min(Int(position), sorted.count - 1)
        let above = min(below + 1, sorted.count - 1)
        let part = position - Double(below)
        guard part > 0 else { return sorted[below] }
        return sorted[below] + part * (sorted[above] - sorted[below])
    }
}
