import Foundation
import Testing

/// What `scripts/reference/judgement.py` wrote: inputs, and the answers of scipy and numpy.
struct Reference: Decodable {
    struct Functions: Decodable {
        struct Quantiles: Decodable {
            var values: [Double]
            var shares: [Double]
            var interpolated: [Double]
            var nearestRank: [Double]
        }
        var normalTail: [[Double]]
        var normalQuantile: [[Double]]
        var logGamma: [[Double]]
        var beta: [[Double]]
        var studentTail: [[Double]]
        var quantiles: [Quantiles]
    }
    struct Sample: Decodable {
        struct Test: Decodable {
            var alternative: String
            /// Nil where scipy gives no number: all values are the same.
            var normal: Double?
            var exact: Double?
        }
        struct Shift: Decodable {
            var confidence: Double
            var exact: Bool
            var estimate: Double
            var lower: Double
            var upper: Double
            var attained: Double
        }
        struct BrunnerMunzel: Decodable {
            var statistic: Double?
            var p: Double?
        }
        var kind: String
        var x: [Double]
        var y: [Double]
        var tied: Bool
        var u: Double
        var tests: [Test]
        var shift: [Shift]
        var brunnerMunzel: BrunnerMunzel?
    }
    struct Proportion: Decodable {
        var bad: Int64
        var total: Int64
        var confidence: Double
        var wilson: [Double]
        var exact: [Double]
    }
    struct Pair: Decodable {
        var candidate: [Int64]
        var baseline: [Int64]
        var confidence: Double
        var newcombe: [Double]
        var poissonRatio: [Double?]
    }
    struct Boundaries: Decodable {
        var spending: String
        var alpha: Double
        var fractions: [Double]
        var boundaries: [Double]
    }

    var functions: Functions
    var samples: [Sample]
    var proportions: [Proportion]
    var pairs: [Pair]
    var boundaries: [Boundaries]

    static func read() throws -> Reference {
        let file = Bundle.module.url(forResource: "Golden/reference", withExtension: "json")
        let url = try #require(file, "Golden/reference.json is missing")
        return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }
}

/// Whether two numbers agree to `tolerance`, relative to the larger one, or absolutely below `floor`.
func agree(_ ours: Double, _ theirs: Double, to tolerance: Double, floor: Double = 0) -> Bool {
    if ours == theirs { return true }
    return (ours - theirs).magnitude <= tolerance * max(ours.magnitude, theirs.magnitude, floor)
}
