import TminusJudgement

/// Seeded draws for replaying history: the same seed gives the same report on every machine.
struct Draws: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// In 0 ..< `count`; `count` is at least 1.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(count, 1))).high) }

    /// In [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func coin() -> Bool { next() & 1 == 1 }

    /// How many of `count` things happen that each happen with this chance: exact below a mean of 200 (the gaps between
    /// those that happen are drawn), and as a normal with the same mean and variance above.
    mutating func binomial(_ count: Int64, _ chance: Double) -> Int64 {
        guard count > 0, chance > 0 else { return 0 }
        guard chance < 1 else { return count }
        let mean = Double(count) * chance
        if mean >= 200 {
            let bell = (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
            let drawn = (mean + bell * (mean * (1 - chance)).squareRoot()).rounded()
            return Int64(min(max(drawn, 0), Double(count)))
        }
        let rest = logarithm(onePlus: -chance)
        var happened: Int64 = 0
        var position = 0.0
        while true {
            position += (logarithm(1 - unit()) / rest).rounded(.down) + 1
            if position > Double(count) { return happened }
            happened += 1
        }
    }
}
