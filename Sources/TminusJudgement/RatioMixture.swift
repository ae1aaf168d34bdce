import TminusModel

/// The evidence against "the candidate's bad rate is at most `margin` times the baseline's", at any time so far.
///
/// A mixture over 32 larger ratios and over the interval in which the harm may have begun. For a ratio r let L_i(r) be
/// interval i's likelihood ratio, which conditions on the interval's total of bad requests and so has mean ≤ 1 while
/// the true ratio is within the margin. The evidence after interval t is
///
///     K_t = tail_t + Σ_{j ≤ t} w_j · mean over r of Π_{i = j…t} L_i(r),      tail_t = 1 − Σ_{j ≤ t} w_j
///
/// w_j is fixed beforehand: 1/2 for j = 1, and (1/log2 j − 1/log2(j + 1)) / 2 for every later j, which add up to 1.
///
/// **It is a non-negative supermartingale.** With R_t(r) = Σ_{j ≤ t} w_j Π_{i = j…t} L_i(r) we have
/// R_t(r) = (R_{t−1}(r) + w_t) L_t(r). Given the past and interval t's total, L_t(r) has mean ≤ 1, so the mean of K_t
/// is at most tail_t + w_t + mean_r R_{t−1}(r) = tail_{t−1} + mean_r R_{t−1}(r) = K_{t−1}; and K_0 = 1. Ville's
/// inequality then bounds the chance that it ever reaches 1/alpha by alpha. The same holds for exponents in (0, 1] that
/// are known before the candidate's part is seen: the mean of a concave power of L is at most that power of its mean.
///
/// A bet that is placed at interval j is not diluted by the intervals before it: harm that begins late is found at the
/// price of ln(1/w_j) more evidence (5.6 nats at interval 13, 8.0 at 60), against ln 2 for harm from the start.
/// Intervals without a bad request are not counted, since they say nothing. One update is 32 exponentials.
struct RatioMixture: Equatable, Sendable {
    static let count = 32

    private let margin: Double
    /// From 1.2 to 20 times the margin, evenly spaced by logarithm.
    private let ratios: [Double]
    /// ln(ratio / margin).
    private let gains: [Double]
    /// R(r) / exp(scale).
    private var bets: [Double]
    /// At least 0; moved before anything could overflow.
    private var scale = 0.0
    /// Intervals with a bad request so far: t.
    private var intervals = 0
    private var tail = 1.0

    /// `margin` is finite and more than 0.
    init(margin: Double) {
        self.margin = margin
        let first = logarithm(1.2)
        let last = logarithm(20)
        gains = (0..<Self.count).map { first + (last - first) * Double($0) / Double(Self.count - 1) }
        ratios = gains.map { margin * exponential($0) }
        bets = Array(repeating: 0, count: Self.count)
    }

    /// w_1 + … + w_t is 1 − this, for t ≥ 1.
    private static func tail(after t: Int) -> Double {
        0.5 * 0.693_147_180_559_945_3 / logarithm(Double(t + 1))
    }

    /// For each ratio: what a bad request of the candidate adds to the logarithm, and what one of the baseline takes
    /// away, when the candidate has `share` of the requests.
    func stakes(share: Double) -> (gains: [Double], losses: [Double]) {
        let losses = losses(share: share)
        return (zip(gains, losses).map { $0 - $1 }, losses)
    }

    private func losses(share: Double) -> [Double] {
        let atMargin = logarithm(onePlus: share * (margin - 1))
        return ratios.map { logarithm(onePlus: share * ($0 - 1)) - atMargin }
    }

    /// One interval: `badCandidate` of `bad` bad requests were the candidate's, which had `share` of the requests.
    /// `exponents`, one per ratio in [0, 1], make its evidence count for less.
    mutating func absorb(
        badCandidate: Double, bad: Double, share: Double, tempering: Double = 1, exponents: [Double]? = nil
    ) {
        intervals += 1
        let tailNow = Self.tail(after: intervals)
        let stake = (tail - tailNow) * exponential(-scale)
        tail = tailNow
        var logarithms = losses(share: share)
        var largest = 0.0
        for index in 0..<Self.count {
            let loss = logarithms[index]
            let exponent = tempering * (exponents?[index] ?? 1)
            logarithms[index] = exponent * (badCandidate * gains[index] - bad * loss)
            largest = max(largest, logarithms[index].magnitude)
        }
        largest > 300 ? multiplyByFar(logarithms, stake) : multiply(logarithms, stake)
    }

    private mutating func multiply(_ logarithms: [Double], _ stake: Double) {
        var sum = 0.0
        for index in 0..<Self.count {
            bets[index] = (bets[index] + stake) * exponential(logarithms[index])
            sum += bets[index]
        }
        if sum > 1e100 || sum < 1e-100 { multiplyByFar(Array(repeating: 0, count: Self.count), 0) }
    }

    /// By way of logarithms; brings the largest bet back to 1, or the scale to 0.
    private mutating func multiplyByFar(_ logarithms: [Double], _ stake: Double) {
        var far = logarithms
        for index in 0..<Self.count { far[index] += logarithm(bets[index] + stake) }
        let shift = max(far.max() ?? 0, -scale)
        for index in 0..<Self.count { bets[index] = exponential(far[index] - shift) }
        scale += shift
    }

    /// ln K.
    var logEvidence: Double {
        let mean = bets.reduce(0, +) / Double(Self.count)
        return scale + logarithm(mean + tail * exponential(-scale))
    }
}
