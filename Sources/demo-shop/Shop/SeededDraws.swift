/// Repeatable random numbers: the same seed, position and purpose always give the same draw (SplitMix64).
struct SeededDraws: Sendable {
    let seed: UInt64

    /// A number in [0, 1).
    func fraction(at position: UInt64, for purpose: UInt64) -> Double {
        Double(word(at: position, for: purpose) >> 11) * 0x1p-53
    }

    /// A whole 64-bit draw.
    func word(at position: UInt64, for purpose: UInt64) -> UInt64 {
        Self.mix(Self.mix(seed &+ purpose &* 0xD1B5_4A32_D192_ED03) &+ position &* 0x9E37_79B9_7F4A_7C15)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
