/// All m × n differences `first` − `second` in order, without ever making them.
///
/// Sorted, the samples span a matrix whose rows and columns are sorted; counting the differences at or below a value
/// takes one walk along its staircase, O(m + n). Order statistics are found by halving the range of doubles in which
/// they must lie, so at most 64 walks lead to the exact double, with no tolerance.
struct SortedDifferences {
    let samples: SamplePair
    /// m n.
    let count: Int

    init(_ samples: SamplePair) {
        self.samples = samples
        count = samples.first.count * samples.second.count
    }

    /// The number of differences at or below `value`.
    func count(atMost value: Double) -> Int {
        let second = samples.second
        var sum = 0
        var from = 0
        for x in samples.first {
            while from < second.count, x - second[from] > value { from += 1 }
            sum += second.count - from
        }
        return sum
    }

    /// The smallest difference above `value`; infinity when there is none.
    func next(above value: Double) -> Double {
        let second = samples.second
        var least = Double.infinity
        var from = 0
        for x in samples.first {
            while from < second.count, x - second[from] > value { from += 1 }
            if from > 0 { least = min(least, x - second[from - 1]) }
        }
        return least
    }

    /// Number `rank` in order, from 1; a rank outside 1…count is brought inside.
    func orderStatistic(_ rank: Int) -> Double {
        let rank = min(max(rank, 1), count)
        var low = Self.position((samples.first.first ?? 0) - (samples.second.last ?? 0))
        var high = Self.position((samples.first.last ?? 0) - (samples.second.first ?? 0))
        while low < high {
            // Rounds towards `low`, and never overflows.
            let middle = (low & high) + ((low ^ high) >> 1)
            if count(atMost: Self.value(middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        return Self.value(low)
    }

    /// The mean of the two middle differences, or the one in the middle.
    var median: Double {
        let lower = orderStatistic((count + 1) / 2)
        guard count % 2 == 0 else { return lower }
        let upper = count(atMost: lower) > count / 2 ? lower : next(above: lower)
        return lower / 2 + upper / 2
    }

    /// Where a double stands among all doubles, in order; both zeros at 0.
    private static func position(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: value.magnitude.bitPattern)
        return value < 0 ? -bits : bits
    }

    private static func value(_ position: Int64) -> Double {
        let magnitude = Double(bitPattern: position.magnitude)
        return position < 0 ? -magnitude : magnitude
    }
}
