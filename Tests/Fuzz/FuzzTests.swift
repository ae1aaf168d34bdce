import Foundation
import Testing

/// What libFuzzer does for minutes in `scripts/fuzz`, for seconds: the same mutants each time, without coverage to
/// steer by.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FuzzTests {
    static let mutants: [FuzzTarget: Int] = [
        .json: 3_000, .duration: 3_000, .page: 2_000, .attempt: 1_200, .pipeline: 500, .slo: 500, .window: 1_000,
        .policy: 500, .webhook: 2_000, .signature: 500, .refname: 3_000, .token: 1_000,
    ]

    @Test func thereAreTenThousandMutantsAndSeedsForEachReader() {
        #expect(Self.mutants.values.reduce(0, +) >= 10_000)
        for target in FuzzTarget.allCases { #expect(!target.seeds.isEmpty, "\(target)") }
    }

    @Test(arguments: FuzzTarget.allCases)
    func aMutantIsReadOrRefused(target: FuzzTarget) throws {
        let seeds = target.seeds
        var draws = Draws(state: 20_261_121)
        for seed in seeds { target.feed(seed) }
        for number in 0..<(Self.mutants[target] ?? 0) {
            let first = seeds[number % seeds.count]
            target.feed(draws.mutant(of: first, and: seeds[draws.below(seeds.count)]))
        }
        FuzzTarget.tidyUp()
    }

    /// The shim's own readers, in C: five seconds each, with the address and undefined behaviour sanitisers.
    @Test func theShimsReadersHoldForFiveSecondsEach() throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let process = Process()
        process.executableURL = root.appending(path: "scripts/fuzz")
        process.arguments = ["--c", "--seconds", "5"]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus == 69 { try Test.cancel("no clang with libFuzzer here: the shim wasn't fuzzed") }
        #expect(process.terminationStatus == 0)
    }
}

/// SplitMix64: the same mutants for the same seed on every machine.
struct Draws {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// In `0..<limit`; 0 when that is empty.
    mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(next() % UInt64(limit)) : 0
    }

    /// One to eight changes: bits, bytes, pieces removed, doubled, moved or taken from `other`, numbers at the edge.
    mutating func mutant(of seed: [UInt8], and other: [UInt8]) -> [UInt8] {
        var bytes = seed
        for _ in 0...below(8) {
            let at = below(bytes.count)
            let size = min(1 + below(16), bytes.count - at)
            switch below(8) {
            case 0 where !bytes.isEmpty: bytes[at] ^= 1 << UInt8(below(8))
            case 1 where !bytes.isEmpty: bytes[at] = UInt8(truncatingIfNeeded: next())
            case 2: bytes.removeSubrange(at..<at + size)
            case 3: bytes.insert(contentsOf: bytes[at..<at + size], at: below(bytes.count))
            case 4: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)].utf8, at: at)
            case 5:
                let from = below(other.count)
                bytes.insert(contentsOf: other[from..<min(other.count, from + 1 + below(64))], at: at)
            case 6: bytes.removeLast(below(bytes.count))
            default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: at)
            }
        }
        return bytes
    }

    private static let pieces = [
        "0", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e308", "1e-400", "NaN",
        "+Inf", "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "\n", "\0", "\r", "#", " ", "\u{FEFF}",
        "\u{85}", "é", "end\n", "tminus-exit 1\n", "h", "ms", "w", "true", "null", "- ", "*a", "&a ", "!!int ", "---\n",
    ]
}
