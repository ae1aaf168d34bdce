package import TminusModel

/// Counts of one indicator over time as running sums, so that any window costs two look-ups.
package struct CountHistory: Sendable {
    /// Where slots end, in milliseconds, strictly rising; shared by all histories that were counted together.
    private let ends: [Int64]
    /// Events up to the end of each slot.
    private let goods: [Int64]
    private let totals: [Int64]
    /// Where the first slot begins.
    private let start: Int64

    /// `counts` are those of each slot. Nil when the ends do not rise, there are not as many of both, or the sums are
    /// more than `Int64` holds.
    package init?(start: Instant, ends: [Int64], counts: [GoodTotal]) {
        guard ends.count == counts.count else { return nil }
        var last = start.millisecondsSinceEpoch
        var goods: [Int64] = []
        var totals: [Int64] = []
        goods.reserveCapacity(counts.count)
        totals.reserveCapacity(counts.count)
        var good: Int64 = 0
        var total: Int64 = 0
        for (end, count) in zip(ends, counts) {
            guard end > last else { return nil }
            last = end
            let (sum, overflow) = total.addingReportingOverflow(count.total)
            if overflow { return nil }
            total = sum
            good += count.good  // never more than the total
            goods.append(good)
            totals.append(total)
        }
        self.start = start.millisecondsSinceEpoch
        self.ends = ends
        self.goods = goods
        self.totals = totals
    }

    /// What was counted in `(until − length, until]`, by whole slots: those that end within it. Nil when the history
    /// does not reach back that far, or ends before `until`.
    package func counts(_ length: Duration, until: Instant) -> GoodTotal? {
        let from = until.advanced(by: .zero - length.bounded).millisecondsSinceEpoch
        guard from >= start, let last = ends.last, last >= until.millisecondsSinceEpoch else { return nil }
        let first = slots(endingBy: from)
        let after = slots(endingBy: until.millisecondsSinceEpoch)
        return GoodTotal(
            good: Self.sum(goods, after) - Self.sum(goods, first),
            total: Self.sum(totals, after) - Self.sum(totals, first))
    }

    /// How many slots end at `instant` or before.
    private func slots(endingBy instant: Int64) -> Int {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func sum(_ sums: [Int64], _ count: Int) -> Int64 {
        count > 0 && count <= sums.count ? sums[count - 1] : 0
    }
}
