/// The distribution of a score that has not crossed a boundary yet: a Brownian motion, seen at each look.
///
/// P. Armitage, C. K. McPherson and B. C. Rowe, 1969: its density after a look is the density before, convolved with a
/// normal one, up to the boundary. The convolution is summed over Gauss-Legendre panels that are narrow against both
/// the increment that led here and the next one.
struct ScorePath {
    private(set) var information = 0.0
    /// Ascending, with the density times the weight at each; before the first look a point at 0.
    private var scores = [0.0]
    private var masses = [1.0]

    private static let reach = 8.5  // standard deviations; what lies beyond is below 1e-16
    private static let nodes = [
        0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438, 0.755404408355003,
        0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
    ]
    private static let weights = [
        0.18945061045506864, 0.18260341504492364, 0.16915651939500265, 0.1495959888165767, 0.12462897125553407,
        0.0951585116824926, 0.062253523938647456, 0.027152459411754176,
    ]

    /// P(the score crosses `boundary` (a z) after `step` more information), and its slope by z.
    private func crossing(_ boundary: Double, after step: Double) -> (probability: Double, slope: Double) {
        let scale = step.squareRoot()
        let limit = boundary * (information + step).squareRoot()
        var probability = 0.0
        var slope = 0.0
        for (score, mass) in zip(scores, masses) {
            let z = (limit - score) / scale
            guard z < 38 else { continue }
            probability += mass * NormalDistribution.upperTail(z)
            slope -= mass * NormalDistribution.density(z)
        }
        return (probability, slope * (information + step).squareRoot() / scale)
    }

    /// The z that is crossed after `step` with probability `spend`: Newton's steps on the logarithm, within a bracket.
    func boundary(spending spend: Double, after step: Double) -> Double {
        var low = -8.0
        var high = 37.0
        guard spend > 0, crossing(high, after: step).probability < spend else { return .infinity }
        var z = min(high, max(low, NormalDistribution.quantile(upperTail: spend)))
        for _ in 0..<100 {
            let (probability, slope) = crossing(z, after: step)
            if probability > spend { low = z } else { high = z }
            var next = z - (logarithm(probability) - logarithm(spend)) * probability / slope
            if !next.isFinite || next <= low || next >= high { next = low + (high - low) / 2 }
            if (next - z).magnitude < 1e-13 { return next }
            z = next
        }
        return z
    }

    /// Goes on by `step`, with everything at or above `boundary` taken out; `next` is the step after this one.
    mutating func advance(by step: Double, boundary: Double, next: Double) {
        let total = information + step
        let spread = total.squareRoot()
        let upper = min(boundary, Self.reach) * spread
        let lower = -Self.reach * spread
        let scale = step.squareRoot()
        let panels = max(1, ((upper - lower) / (2.5 * min(scale, next.squareRoot()))).rounded(.up))
        let half = (upper - lower) / panels / 2
        var newScores: [Double] = []
        var newMasses: [Double] = []
        var from = 0
        for panel in 0..<Int(panels) {
            let centre = lower + half * Double(2 * panel + 1)
            for index in -8..<8 {
                let position = index < 0 ? -index - 1 : index
                let offset = index < 0 ? -Self.nodes[7 - (index + 8)] : Self.nodes[position]
                let weight = index < 0 ? Self.weights[7 - (index + 8)] : Self.weights[position]
                let score = centre + half * offset
                while from < scores.count - 1, scores[from] < score - Self.reach * scale { from += 1 }
                newScores.append(score)
                newMasses.append(half * weight * density(at: score, scale: scale, from: from))
            }
        }
        scores = newScores
        masses = newMasses
        information = total
    }

    private func density(at score: Double, scale: Double, from: Int) -> Double {
        var sum = 0.0
        var index = from
        while index < scores.count, scores[index] <= score + Self.reach * scale {
            sum += masses[index] * NormalDistribution.density((score - scores[index]) / scale)
            index += 1
        }
        return sum / scale
    }
}
