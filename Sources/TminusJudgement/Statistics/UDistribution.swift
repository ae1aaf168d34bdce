/// The exact distribution of U when all orders of m + n different values are equally likely.
///
/// The numbers of orders are the coefficients of the Gaussian binomial Π (1 − q^(n+i)) / (1 − q^i), i = 1…m, built up
/// factor by factor in whole numbers.
struct UDistribution: Equatable, Sendable {
    /// m n.
    let pairs: Int
    /// P(U ≤ u) for u = 0…pairs / 2; the rest follows by symmetry.
    private let lowerHalf: [Double]

    /// The same limit as R's.
    static func isTabulated(_ m: Int, _ n: Int) -> Bool { (1..<50).contains(m) && (1..<50).contains(n) }

    /// `m` and `n` must be tabulated.
    init(_ m: Int, _ n: Int) {
        precondition(Self.isTabulated(m, n), "U is not tabulated for \(m) and \(n) values")
        pairs = m * n
        let half = pairs / 2
        var orders = [Int128](repeating: 0, count: half + 1)
        orders[0] = 1
        for i in 1...m {
            if n + i <= half {
                for u in stride(from: half, through: n + i, by: -1) { orders[u] -= orders[u - n - i] }
            }
            if i <= half {
                for u in i...half { orders[u] += orders[u - i] }
            }
        }
        // All orders: (m + n choose m), below 2^95.
        var all: Int128 = 1
        for i in 1...m { all = all * Int128(n + i) / Int128(i) }
        var sum: Int128 = 0
        lowerHalf = orders.map { count in
            sum += count
            return Double(sum) / Double(all)
        }
    }

    /// P(U ≤ u).
    func cumulative(_ u: Int) -> Double {
        guard u >= 0 else { return 0 }
        guard u < pairs else { return 1 }
        if u < lowerHalf.count { return lowerHalf[u] }
        let above = pairs - u - 1
        return above < lowerHalf.count ? 1 - lowerHalf[above] : 1
    }

    /// The smallest u with P(U ≤ u) ≥ `share`, with R's allowance for rounding.
    func quantile(_ share: Double) -> Int {
        let wanted = share - 10 * 0x1p-52
        return lowerHalf.firstIndex { $0 >= wanted } ?? lowerHalf.count
    }
}
