/// Two samples in order, and how often values of the one lie below values of the other.
///
/// Every rank statistic here is made from this; values are finite, and both samples are never empty.
package struct SamplePair: Equatable, Sendable {
    /// Ascending.
    package let first: [Double]
    package let second: [Double]

    /// Values one sample may have, so that counts of pairs stay whole numbers.
    package static let sizeMax = 1 << 24

    /// Nil when a sample is empty, longer than `sizeMax`, or has a value that is not finite.
    package init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty, first.count <= Self.sizeMax, second.count <= Self.sizeMax,
            first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite)
        else { return nil }
        self.first = first.sorted()
        self.second = second.sorted()
    }

    private init(sorted first: [Double], _ second: [Double]) {
        self.first = first
        self.second = second
    }

    package var swapped: SamplePair { SamplePair(sorted: second, first) }

    var pairs: Double { Double(first.count) * Double(second.count) }

    /// For each value of `first` in order: twice the number of `second` below it, plus the number equal to it.
    var placements: [Int] {
        var placements: [Int] = []
        placements.reserveCapacity(first.count)
        var below = 0
        var upTo = 0
        for value in first {
            while below < second.count, second[below] < value { below += 1 }
            upTo = max(upTo, below)
            while upTo < second.count, second[upTo] <= value { upTo += 1 }
            placements.append(below + upTo)
        }
        return placements
    }

    /// The sizes of groups of equal values in both samples together, in ascending order of value; all at least 2.
    var tieGroups: [Int] {
        var groups: [Int] = []
        var i = 0
        var j = 0
        while i < first.count || j < second.count {
            let value = min(i < first.count ? first[i] : .infinity, j < second.count ? second[j] : .infinity)
            let start = i + j
            while i < first.count, first[i] == value { i += 1 }
            while j < second.count, second[j] == value { j += 1 }
            if i + j - start > 1 { groups.append(i + j - start) }
        }
        return groups
    }
}
