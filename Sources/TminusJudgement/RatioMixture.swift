import TminusModel

/// The evidence against "the candidate's bad rate is at most `margin` times the baseline's": a mixture, over 32 larger
/// ratios, of likelihood ratios that condition on each interval's total of bad requests.
struct RatioMixture: Equatable, Sendable {
    static let count = 32

    private let margin: Double
    /// From 1.2 to 20 times the margin, evenly spaced by logarithm.
    private let ratios: [Double]
    /// ln(ratio / margin).
    private let gains: [Double]
    private var logLikelihoods: [Double]

    /// `margin` is finite and more than 0.
    init(margin: Double) {
        self.margin = margin
        let first = logarithm(1.2)
        let last = logarithm(20)
        gains = (0..<Self.count).map { first + (last - first) * Double($0) / Double(Self.count - 1) }
        ratios = gains.map { margin * exponential($0) }
        logLikelihoods = Array(repeating: 0, count: Self.count)
    }

    /// One interval: `badCandidate` of `bad` bad requests were the candidate's, which had `share` of the requests.
    mutating func absorb(badCandidate: Double, bad: Double, share: Double, tempering: Double) {
        let atMargin = logarithm(onePlus: share * (margin - 1))
        for index in 0..<Self.count {
            let loss = logarithm(onePlus: share * (ratios[index] - 1)) - atMargin
            logLikelihoods[index] += tempering * (badCandidate * gains[index] - bad * loss)
        }
    }

    /// ln of the mixture.
    var logEvidence: Double {
        logarithmOfSum(exponentials: logLikelihoods) - logarithm(Double(Self.count))
    }
}
