/// Several metrics, each with its own e-process, judged together without more false alarms than one.
package enum JointEvidence: Equatable, Sendable {
    /// Any metric with evidence of at least m / alpha; says which. Best when one metric shows the harm.
    case any
    /// The average evidence now of at least 1 / alpha. Best when many show a little; names none.
    case average

    /// One metric's evidence now, as a logarithm, and its highest so far.
    package struct Metric: Equatable, Sendable {
        package let name: String
        package let logEvidence: Double
        package let logEvidenceMax: Double

        package init(name: String, logEvidence: Double, logEvidenceMax: Double) {
            self.name = name
            self.logEvidence = logEvidence
            self.logEvidenceMax = logEvidenceMax
        }
    }

    /// The names of the metrics that convict, or of all for `average`; empty when nothing is shown.
    ///
    /// The number of metrics is fixed before the first look. For `any` the highest evidence so far counts; for
    /// `average` only that of one moment does, because highest values of different moments make no e-process.
    package func convicted(_ metrics: [Metric], alpha: Double) -> [String] {
        guard !metrics.isEmpty, alpha > 0, alpha < 1 else { return [] }
        let needed = -logarithm(alpha)
        let m = logarithm(Double(metrics.count))
        switch self {
        case .any:
            return metrics.filter { $0.logEvidenceMax >= needed + m }.map(\.name)
        case .average:
            let average = logarithmOfSum(exponentials: metrics.map(\.logEvidence)) - m
            return average >= needed ? metrics.map(\.name) : []
        }
    }
}
