import TminusModel

/// What a Kayenta canary config says about judging; where its metrics come from is left out.
package struct CanaryConfig: Equatable, Sendable {
    package struct GroupWeight: Equatable, Sendable {
        package let group: String
        /// ≥ 0, of 100.
        package let weight: Double

        package init(group: String, weight: Double) {
            self.group = group
            self.weight = weight
        }
    }

    package var name: String
    /// Names are unique; never empty.
    package var metrics: [CanaryMetric]
    /// As written; groups without a weight share what is left of 100.
    package var groupWeights: [GroupWeight]
    /// Scores from which the label is Pass and Marginal, 0…100; nil where the config leaves them to the request.
    package var pass: Double?
    package var marginal: Double?

    package static let metricsMax = 1_000
    package static let groupsMax = 100
    package static let nameMax = 500
    package static let textMax = 4 << 20

    package init(
        name: String = "", metrics: [CanaryMetric], groupWeights: [GroupWeight] = [], pass: Double? = nil,
        marginal: Double? = nil
    ) {
        self.name = name
        self.metrics = metrics
        self.groupWeights = groupWeights
        self.pass = pass
        self.marginal = marginal
    }
}

/// One metric of a canary config: `analysisConfigurations.canary` and its groups. The defaults are Kayenta's.
package struct CanaryMetric: Equatable, Sendable {
    package enum Direction: String, Equatable, Sendable, CaseIterable {
        case increase, decrease, either
    }
    package enum MissingValues: String, Equatable, Sendable, CaseIterable {
        case remove
        /// By 0, which makes a dead candidate look like one without errors; the judgement says so.
        case replace
    }
    package enum Measure: String, Equatable, Sendable, CaseIterable {
        /// Candidate's mean over baseline's.
        case meanRatio
        /// How often a value of candidate exceeds one of baseline, ties as one half.
        case cles
    }

    package struct Effect: Equatable, Sendable {
        package var measure: Measure = .meanRatio
        package var allowedIncrease = 1.0
        package var allowedDecrease = 1.0
        package var criticalIncrease = 1.0
        package var criticalDecrease = 1.0

        package init() {}

        /// No effect is too small.
        package init(neutral measure: Measure) {
            self.measure = measure
            let none = measure == .cles ? 0.5 : 1
            allowedIncrease = none
            allowedDecrease = none
            criticalIncrease = none
            criticalDecrease = none
        }
    }

    package var name: String
    /// Never empty.
    package var groups: [String]
    package var direction: Direction = .either
    package var isCritical = false
    package var missing: MissingValues = .remove
    /// The factor of the interquartile range beyond which values are removed; nil keeps them all.
    package var outlierFactor: Double?
    package var effect = Effect()
    package var mustHaveData = false
    package var isMuted = false

    package init(name: String, groups: [String]) {
        self.name = name
        self.groups = groups
    }
}
