package import TminusModel

/// Numbers as people read them in a reason; rounded for the eye only, after everything has been compared exactly.
package enum Wording {
    /// With up to `digits` decimals, trailing zeros dropped: `41.2`, `6`, `0`; `none` for what is no finite number.
    package static func decimal(_ value: Double, digits: Int = 1) -> String {
        guard value.isFinite else { return "none" }
        var scale: UInt64 = 1
        for _ in 0..<min(max(digits, 0), 9) { scale *= 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let amount = UInt64(scaled)
        var fraction = String(amount % scale + scale).dropFirst()
        while fraction.last == "0" { fraction = fraction.dropLast() }
        let sign = value < 0 && amount > 0 ? "-" : ""
        return sign + grouped(amount / scale) + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// A fraction as a percentage with one decimal, and as many more as it takes not to look like `bound`.
    package static func percent(_ fraction: Double, besides bound: Ratio? = nil) -> String {
        let limit = bound.map { Double($0.numerator) / Double($0.denominator) }
        for digits in 1...6 {
            let text = decimal(fraction * 100, digits: digits) + "%"
            if fraction == limit || text != bound?.percentText { return text }
        }
        return decimal(fraction * 100, digits: 9) + "%"
    }

    /// A burn rate or another multiple: `2.1x`, and with more digits where one would not tell it from `bound`.
    package static func times(_ factor: Double, besides bound: Double? = nil) -> String {
        for digits in 1...6 {
            let text = decimal(factor, digits: digits)
            if factor == bound || text != bound.map({ decimal($0, digits: digits) }) { return text + "x" }
        }
        return decimal(factor, digits: 9) + "x"
    }

    /// A whole number in groups of three: `39,800`.
    package static func grouped(_ count: UInt64) -> String {
        var rest = count
        var groups: [String] = []
        while rest >= 1_000 {
            groups.append(String(String(rest % 1_000 + 1_000).dropFirst()))
            rest /= 1_000
        }
        return ([String(rest)] + groups.reversed()).joined(separator: ",")
    }

    /// `1 request`, `39,800 requests`.
    package static func count(_ count: Int64, _ noun: String) -> String {
        "\(grouped(count.magnitude)) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension Duration {
    /// This, brought within ±`longestMilliseconds`, so that no later arithmetic on it can overflow.
    var bounded: Duration {
        let longest = Duration.milliseconds(Self.longestMilliseconds)
        return min(max(self, .zero - longest), longest)
    }
}
