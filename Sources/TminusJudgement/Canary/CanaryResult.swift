package import TminusModel

/// The values of one metric, in order of time; nil, NaN and infinities are missing.
package struct CanarySeries: Equatable, Sendable {
    package var metric: String
    /// Kayenta's names: the candidate, and the baseline.
    package var experiment: [Double?]
    package var control: [Double?]

    package init(metric: String, experiment: [Double?], control: [Double?]) {
        self.metric = metric
        self.experiment = experiment
        self.control = control
    }
}

/// What a canary came to, in Kayenta's terms, and what may follow from it in ours.
package struct CanaryResult: Equatable, Sendable {
    package enum Classification: String, Equatable, Sendable, CaseIterable {
        case pass = "Pass"
        case high = "High"
        case low = "Low"
        case nodata = "Nodata"
        case nodataFailMetric = "NodataFailMetric"
    }

    package enum Label: String, Equatable, Sendable, CaseIterable {
        case pass = "Pass"
        case marginal = "Marginal"
        case fail = "Fail"
    }

    package struct Metric: Equatable, Sendable {
        package let name: String
        package let classification: Classification
        package let reason: String
        /// Critical, and not Pass: the summary is 0.
        package let isCriticalFailure: Bool
        package let isMuted: Bool
        /// Pass only because there was too little to tell, or because missing values were replaced by 0.
        package let isUnknown: Bool
        /// Mean ratio or CLES; nil where it is no number.
        package let effect: Double?
        /// Hodges-Lehmann's; nil when the values were not compared by it.
        package let shift: HodgesLehmann?
        /// Nil unless ties dominated.
        package let superiority: BrunnerMunzel?
    }

    package struct Group: Equatable, Sendable {
        package let name: String
        /// 0…100; nil when no metric of it had data.
        package let score: Double?
        package let weight: Double
    }

    /// In the config's order.
    package let metrics: [Metric]
    /// In order of first appearance.
    package let groups: [Group]
    /// 0…100 with weights that add up to 100; two decimals.
    package let score: Double
    package let label: Label
    /// As the label, save that a Pass or Marginal that rests on what could not be told is `noData` or `inconclusive`.
    package let judgement: Judgement
}
