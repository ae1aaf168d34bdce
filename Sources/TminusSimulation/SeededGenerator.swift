/// SplitMix64: the same seed gives the same numbers on every machine, in every process and version of Swift.
///
/// The standard library's `random(in:using:)` may change how it draws between versions, so nothing here uses it.
package struct SeededGenerator: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// In 0 ..< `count`. Precondition: `count` is positive.
    package mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "there is no number below \(count)")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// In `low ... high`.
    package mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
        low + Int64(below(Int(high - low) + 1))
    }

    /// True `perMille` times in a thousand. Draws nothing when the answer is certain.
    package mutating func chance(_ perMille: Int) -> Bool {
        if perMille <= 0 { return false }
        return below(1_000) < perMille
    }

    /// Precondition: `items` is not empty.
    package mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
