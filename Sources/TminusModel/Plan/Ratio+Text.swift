extension Ratio {
    /// Reads `99.9%`, `0.999`, `1.5` or `-20%`: an optional `-`, digits, an optional `.` with digits, an optional `%`.
    ///
    /// Nil for anything else (signs of plus, spaces, exponents, `.5`, `5.`), for more than nine decimals once the
    /// percent sign is applied, and for magnitudes of a thousand million or more. The result is in lowest decimal
    /// terms, so `0.50`, `50%` and `0.5` are equal.
    package init?(decimalText text: String) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        var decimals = 0
        if bytes.last == UInt8(ascii: "%") {
            decimals = 2
            bytes = bytes.dropLast()
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        var fraction = parts.count == 2 ? parts[1] : []
        while fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
        decimals += fraction.count
        guard decimals <= 9, parts[0].count <= 11 else { return nil }
        var amount: Int64 = 0
        for byte in parts[0] + fraction {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            amount = amount * 10 + Int64(byte - 0x30)  // at most 20 digits are excluded above: ≤ 11 + 9
            guard amount <= Self.numeratorMax else { return nil }
        }
        var denominator: Int64 = 1
        for _ in 0..<decimals { denominator *= 10 }
        while denominator > 1, amount % 10 == 0 {
            amount /= 10
            denominator /= 10
        }
        guard amount / denominator < 1_000_000_000 else { return nil }
        self.init(numerator: isNegative ? -amount : amount, denominator: denominator)
    }

    /// One digit below where another digit could overflow `Int64`.
    private static let numeratorMax: Int64 = 900_000_000_000_000_000

    /// The exact decimal, such as `0.999` or `-0.2`; cut after nine decimals for a denominator that is no power of ten.
    package var decimalText: String { Self.text(numerator, over: denominator.magnitude, shift: 1) }

    /// The exact percentage, such as `99.9%` or `25%`; cut after nine decimals as `decimalText` is.
    package var percentText: String { Self.text(numerator, over: denominator.magnitude, shift: 100) + "%" }

    private static func text(_ numerator: Int64, over denominator: UInt64, shift: UInt128) -> String {
        let amount = UInt128(numerator.magnitude) * shift
        let divisor = UInt128(denominator)
        var rest = amount % divisor
        var digits = ""
        while rest != 0, digits.count < 9 {
            rest *= 10
            digits += String(rest / divisor)
            rest %= divisor
        }
        while digits.last == "0" { digits.removeLast() }
        let sign = numerator < 0 ? "-" : ""
        return "\(sign)\(amount / divisor)" + (digits.isEmpty ? "" : ".\(digits)")
    }
}
