/// A product of whole numbers of any size, kept exact so that two of them can be compared without rounding.
///
/// Burn rates and remaining budgets are compared with their thresholds by multiplying across
/// (`bad × den × … > total × num × …`): in floating point `1 − 0.999` is not 0.001, and the boundary case would flip.
struct ExactProduct: Comparable {
    /// Least significant first, the last limb never 0; empty for zero.
    private var limbs: [UInt64]

    /// An empty list of factors is 1.
    init(_ factors: [UInt64]) {
        limbs = [1]
        for factor in factors { multiply(by: factor) }
    }

    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            limbs[index] = sum
            carry = high &+ (overflow ? 1 : 0)  // high ≤ 2^64 − 2, so this cannot wrap
        }
        if carry > 0 { limbs.append(carry) }
        while limbs.last == 0 { limbs.removeLast() }
    }

    static func + (left: ExactProduct, right: ExactProduct) -> ExactProduct {
        var sum = left
        var carry: UInt64 = 0
        for index in 0..<max(left.limbs.count, right.limbs.count) {
            if index == sum.limbs.count { sum.limbs.append(0) }
            let other = index < right.limbs.count ? right.limbs[index] : 0
            let (partial, first) = sum.limbs[index].addingReportingOverflow(other)
            let (total, second) = partial.addingReportingOverflow(carry)
            sum.limbs[index] = total
            carry = first || second ? 1 : 0
        }
        if carry > 0 { sum.limbs.append(carry) }
        return sum
    }

    static func < (left: ExactProduct, right: ExactProduct) -> Bool {
        if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
        for index in left.limbs.indices.reversed() where left.limbs[index] != right.limbs[index] {
            return left.limbs[index] < right.limbs[index]
        }
        return false
    }
}
