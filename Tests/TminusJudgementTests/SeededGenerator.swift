import Foundation

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Successes among `trials` of probability `share`, by inversion; for means up to some hundreds.
    mutating func binomial(_ trials: Int, _ share: Double) -> Int {
        var term = pow(1 - share, Double(trials))
        let odds = share / (1 - share)
        var rest = uniform()
        var count = 0
        while rest >= term, count < trials {
            rest -= term
            term *= Double(trials - count) / Double(count + 1) * odds
            count += 1
        }
        return count
    }
}
