package import TminusModel

extension GoodTotal {
    /// The share of bad requests, in [0, 1]; nil when there were no requests, never a number.
    package var badShare: Double? { total > 0 ? Double(bad) / Double(total) : nil }

    /// True when fewer than `bound` of the requests were good, exactly; false when there were no requests.
    func isGoodShare(below bound: Ratio) -> Bool {
        guard bound.numerator > 0 else { return false }
        return ExactProduct([good.magnitude, bound.denominator.magnitude])
            < ExactProduct([bound.numerator.magnitude, total.magnitude])
    }

    /// True when more than `bound` of the requests were good, exactly; false when there were no requests.
    func isGoodShare(above bound: Ratio) -> Bool {
        guard bound.numerator >= 0 else { return total > 0 }
        return ExactProduct([good.magnitude, bound.denominator.magnitude])
            > ExactProduct([bound.numerator.magnitude, total.magnitude])
    }
}
