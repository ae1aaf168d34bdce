package import TminusModel

/// The share of good events an objective promises, exact, in [0, 1).
package struct Target: Hashable, Sendable {
    package let ratio: Ratio

    /// Throws: `outOfRange` for a ratio below 0 or not below 1.
    package init(_ ratio: Ratio) throws(TargetError) {
        guard ratio.numerator >= 0, ratio.numerator < ratio.denominator else {
            throw .outOfRange(ratio.percentText)
        }
        self.ratio = ratio
    }

    /// Reads `99.9%` or `0.999`. Throws: `unreadable` for other text, `outOfRange` as `init(_:)` does.
    package init(text: String) throws(TargetError) {
        guard let ratio = Ratio(decimalText: text) else { throw .unreadable(text) }
        try self.init(ratio)
    }

    /// What may fail, as numerator over `denominator`; ≥ 1, so that no budget is ever zero.
    var budgetNumerator: UInt64 { (ratio.denominator - ratio.numerator).magnitude }

    var denominator: UInt64 { ratio.denominator.magnitude }

    /// What may fail, in (0, 1]; for showing and for statistics, never for comparing with a threshold.
    package var budget: Double { Double(budgetNumerator) / Double(denominator) }
}

/// Why an objective's target or window cannot be used; the text is the offending one.
package enum TargetError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case outOfRange(String)
    case windowOutOfRange(String)

    package var description: String {
        switch self {
        case .unreadable(let text):
            "'\(text)' is not a target; write a percentage or a decimal such as 99.9% or 0.999"
        case .outOfRange(let text):
            "a target of \(text) cannot be kept; it must be at least 0% and below 100%, "
                + "because without any budget no burn rate exists"
        case .windowOutOfRange(let text):
            "a window of \(text) cannot be used; it must be longer than nothing and at most ten years, such as 30d"
        }
    }
}
