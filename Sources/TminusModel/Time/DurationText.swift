extension Duration {
    /// Reads `250ms`, `30s`, `5m`, `6h`, `2d`, `4w` or a sum in falling units such as `1h30m`.
    ///
    /// Nil for anything else: signs, fractions, spaces, bare numbers, repeated or rising units, or more than
    /// `longestMilliseconds` (ten years: longer is a slip of the finger, not a plan).
    package init?(releaseText text: String) {
        var total: Int64 = 0
        var digits: Int64?
        var lastRank = Int.max
        var bytes = Array(text.utf8)[...]
        guard !bytes.isEmpty else { return nil }
        while let byte = bytes.first {
            bytes = bytes.dropFirst()
            if byte >= 0x30, byte <= 0x39 {
                let (scaled, overflow) = (digits ?? 0).multipliedReportingOverflow(by: 10)
                guard !overflow, scaled <= Self.longestMilliseconds else { return nil }
                digits = scaled + Int64(byte - 0x30)
                continue
            }
            var unit = [byte]
            if byte == UInt8(ascii: "m"), bytes.first == UInt8(ascii: "s") {
                unit.append(UInt8(ascii: "s"))
                bytes = bytes.dropFirst()
            }
            guard let count = digits, let (scale, rank) = Self.unit(unit), rank < lastRank else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: scale)
            guard !overflow, part <= Self.longestMilliseconds, total + part <= Self.longestMilliseconds else {
                return nil
            }
            total += part
            lastRank = rank
            digits = nil
        }
        guard digits == nil else { return nil }
        self = .milliseconds(total)
    }

    /// Ten years of 365 days, the longest duration a pipeline may say.
    package static let longestMilliseconds: Int64 = 10 * 365 * 86_400_000

    private static func unit(_ bytes: [UInt8]) -> (scale: Int64, rank: Int)? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "ms": (1, 0)
        case "s": (1_000, 1)
        case "m": (60_000, 2)
        case "h": (3_600_000, 3)
        case "d": (86_400_000, 4)
        case "w": (604_800_000, 5)
        default: nil
        }
    }

    /// The same duration as a person writes it, at most two units: `1h30m`, `4m5s`, `850ms`, `0s`; negative with `-`.
    package var releaseText: String {
        let all = milliseconds
        guard all != 0 else { return "0s" }
        let sign = all < 0 ? "-" : ""
        let amount = all.magnitude
        if amount < 1_000 { return "\(sign)\(amount)ms" }
        if amount < 10_000, amount % 1_000 >= 100 { return "\(sign)\(amount / 1_000).\(amount % 1_000 / 100)s" }
        let units: [(UInt64, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
        let seconds = amount / 1_000
        for (index, (size, name)) in units.enumerated() where seconds >= size {
            let rest = index + 1 < units.count ? seconds % size / units[index + 1].0 : 0
            return "\(sign)\(seconds / size)\(name)" + (rest > 0 ? "\(rest)\(units[index + 1].1)" : "")
        }
        return "\(sign)\(amount)ms"
    }
}

extension Duration {
    /// As seconds in decimal, as Prometheus writes the boundaries of a histogram: `0.3`, `1`, `2.5`.
    package var secondsText: String {
        let all = milliseconds
        let (whole, rest) = all.magnitude.quotientAndRemainder(dividingBy: 1_000)
        var text = "\(all < 0 ? "-" : "")\(whole)"
        guard rest > 0 else { return text }
        var digits = String(rest)
        while digits.count < 3 { digits = "0" + digits }
        while digits.hasSuffix("0") { digits.removeLast() }
        text += "." + digits
        return text
    }
}
