/// Pairs of values measured at the same moments: does candidate's exceed baseline's more often than not?
///
/// A Beta(1/2, 1/2) mixture on the sign against one half. It needs no distribution and is not misled by a disturbance
/// that both arms share, however autocorrelated; each arm's own autocorrelation it does not cover. Ties say nothing.
package struct PairedSignProcess: Equatable, Sendable {
    package private(set) var above = 0
    package private(set) var below = 0
    /// ln of the evidence that the signs are not even, and its highest while candidate was above more often.
    package private(set) var logEvidence = 0.0
    package private(set) var logEvidenceAboveMax = 0.0
    package private(set) var logEvidenceBelowMax = 0.0

    package init() {}

    /// A pair with a value that is not finite is ignored.
    package mutating func absorb(candidate: Double, baseline: Double) {
        guard candidate.isFinite, baseline.isFinite, candidate != baseline else { return }
        // The mixture's next step: the share of signs like this one, with half a sign added to each side.
        let alike = candidate > baseline ? above : below
        let share = (Double(alike) + 0.5) / (Double(above) + Double(below) + 1)
        logEvidence += logarithm(2 * share)
        if candidate > baseline { above += 1 } else { below += 1 }
        if above > below { logEvidenceAboveMax = max(logEvidenceAboveMax, logEvidence) }
        if below > above { logEvidenceBelowMax = max(logEvidenceBelowMax, logEvidence) }
    }

    /// Whether candidate is shown to be above (below) baseline more often than not. Both together err with at most
    /// `alpha`, over all looks.
    package func isShownAbove(alpha: Double) -> Bool { isShown(logEvidenceAboveMax, alpha) }
    package func isShownBelow(alpha: Double) -> Bool { isShown(logEvidenceBelowMax, alpha) }

    private func isShown(_ evidence: Double, _ alpha: Double) -> Bool {
        alpha > 0 && alpha < 1 && evidence >= -logarithm(alpha)
    }
}
