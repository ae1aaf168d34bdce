/// Two limits, and the confidence that they really have.
package struct ConfidenceInterval: Equatable, Sendable {
    /// May be −infinity when nothing can be said on this side.
    package let lower: Double
    package let upper: Double
    /// In (0, 1): what the method attains, which for discrete statistics is not what was asked for.
    package let confidence: Double

    package init(lower: Double, upper: Double, confidence: Double) {
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }

    package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
