/// One metric's comparison by Kayenta's rules, with exact intervals where Kayenta approximates.
struct MetricComparison {
    let metric: CanaryMetric
    let confidence: Double
    let tolerance: Double
    private let experiment: [Double]
    private let control: [Double]
    private let isReplaced: Bool

    /// Values per arm and metric; later ones are left out.
    static let valuesMax = 1_000_000
    /// Student's t is no good approximation for Brunner-Munzel below this.
    private static let superiorityMin = 10

    init(_ metric: CanaryMetric, _ series: CanarySeries?, confidence: Double, tolerance: Double) {
        self.metric = metric
        self.confidence = confidence
        self.tolerance = tolerance
        let ours = Array((series?.experiment ?? []).prefix(Self.valuesMax))
        let theirs = Array((series?.control ?? []).prefix(Self.valuesMax))
        let longest = max(ours.count, theirs.count)
        func values(_ all: [Double?]) -> [Double] {
            let present = all.compactMap { $0.flatMap { $0.isFinite ? $0 : nil } }
            let zeros = metric.missing == .replace ? longest - present.count : 0
            return Self.withoutOutliers(present + Array(repeating: 0, count: zeros), metric.outlierFactor)
        }
        func isSilent(_ all: [Double?]) -> Bool { !all.contains { $0?.isFinite == true } }
        experiment = values(ours)
        control = values(theirs)
        isReplaced = metric.missing == .replace && (isSilent(ours) || isSilent(theirs))
    }

    /// Beyond factor × IQR from the quartiles, and beyond the 1st and 99th percentiles, all of R's type 7.
    private static func withoutOutliers(_ values: [Double], _ factor: Double?) -> [Double] {
        guard let factor else { return values }
        let sorted = values.sorted()
        guard let low = Quantile.interpolated(sorted, 0.25), let high = Quantile.interpolated(sorted, 0.75),
            let first = Quantile.interpolated(sorted, 0.01), let last = Quantile.interpolated(sorted, 0.99)
        else { return values }
        let least = min(first, low - factor * (high - low))
        let most = max(last, high + factor * (high - low))
        return values.filter { least <= $0 && $0 <= most }
    }

    /// The rules in Kayenta's order; the first that applies decides.
    var result: CanaryResult.Metric {
        guard let samples = SamplePair(experiment, control) else { return withoutValues }
        if samples.first == samples.second { return passes("the values are identical", isUnknown: isReplaced) }
        if let first = samples.first.first, let last = samples.first.last, first == last,
            samples.second.first == first, samples.second.last == first
        {
            return passes("every value is the same", isUnknown: isReplaced)
        }
        let largest = samples.tieGroups.max() ?? 1
        let isTied = largest * 2 >= samples.first.count + samples.second.count
        return isTied ? bySuperiority(samples) : byShift(samples)
    }

    private var withoutValues: CanaryResult.Metric {
        guard metric.missing == .remove else { return passes("no values, which count as 0", isUnknown: true) }
        let empty = experiment.isEmpty ? control.isEmpty ? "either arm" : "the candidate" : "the baseline"
        if metric.mustHaveData, !metric.isCritical {
            return made(.nodataFailMetric, "no values of \(empty), which must have some", isCritical: false)
        }
        return made(.nodata, "no values of \(empty)", isCritical: metric.isCritical)
    }

    // MARK: The two comparisons

    private func byShift(_ samples: SamplePair) -> CanaryResult.Metric {
        guard let shift = HodgesLehmann(samples, confidence: confidence) else {
            return passes("the confidence is not usable", isUnknown: true)
        }
        guard shift.interval.confidence >= confidence - 1e-12 else {
            return passes(tooFew(samples, shift.interval.confidence), isUnknown: true, shift: shift)
        }
        let slack = tolerance * shift.estimate.magnitude
        let lower = Wording.decimal(shift.interval.lower, digits: 6)
        let upper = Wording.decimal(shift.interval.upper, digits: 6)
        let text = "shifted by \(Wording.decimal(shift.estimate, digits: 6)), surely \(lower) to \(upper)"
        let side: CanaryResult.Classification =
            shift.interval.lower > slack ? .high : shift.interval.upper < -slack ? .low : .pass
        return classified(side, samples, text, shift: shift)
    }

    /// Where at least half of all values are equal, the shift is 0 whatever happens to the others.
    private func bySuperiority(_ samples: SamplePair) -> CanaryResult.Metric {
        let fewest = min(samples.first.count, samples.second.count)
        guard let superiority = BrunnerMunzel(samples), let interval = superiority.interval(confidence: confidence)
        else { return passes("a single value in an arm is too few to tell", isUnknown: true) }
        let isApart = superiority.freedom == nil
        let isEnough =
            isApart ? MannWhitney(samples, method: .normal).p <= 1 - confidence : fewest >= Self.superiorityMin
        guard isEnough else {
            let counts = "\(samples.first.count) and \(samples.second.count) values"
            return passes(
                "\(counts), most of them equal, are too few to tell", isUnknown: true, superiority: superiority)
        }
        let percent = Wording.percent(superiority.superiority)
        let text = "most values are equal; the candidate's is the larger in \(percent) of pairs, ties as half"
        let side: CanaryResult.Classification = interval.lower > 0.5 ? .high : interval.upper < 0.5 ? .low : .pass
        return classified(side, samples, text, superiority: superiority)
    }

    private func tooFew(_ samples: SamplePair, _ attained: Double) -> String {
        "\(samples.first.count) and \(samples.second.count) values attain a confidence of "
            + "\(Wording.percent(attained)) at most, \(Wording.percent(confidence)) is asked for"
    }

    // MARK: Effect and criticality

    private func classified(
        _ side: CanaryResult.Classification, _ samples: SamplePair, _ text: String, shift: HodgesLehmann? = nil,
        superiority: BrunnerMunzel? = nil
    ) -> CanaryResult.Metric {
        let effect = effect(samples)
        let limits = metric.effect
        let isAllowedSide =
            side == .high ? metric.direction != .decrease : side == .low ? metric.direction != .increase : false
        // An effect that is no number is no excuse.
        let isLargeEnough =
            side == .high
            ? effect.map { $0 >= limits.allowedIncrease } ?? true : effect.map { $0 <= limits.allowedDecrease } ?? true
        guard isAllowedSide, isLargeEnough else {
            return made(.pass, text, isCritical: false, effect: effect, shift: shift, superiority: superiority)
        }
        let isCriticalEffect =
            side == .high
            ? effect.map { $0 >= limits.criticalIncrease } ?? true
            : effect.map { $0 <= limits.criticalDecrease } ?? true
        return made(
            side, text, isCritical: metric.isCritical && isCriticalEffect, effect: effect, shift: shift,
            superiority: superiority)
    }

    private func effect(_ samples: SamplePair) -> Double? {
        switch metric.effect.measure {
        case .cles:
            return Double(samples.placements.reduce(0, +)) / 2 / samples.pairs
        case .meanRatio:
            let ours = mean(samples.first)
            let theirs = mean(samples.second)
            guard ours != 0, theirs != 0, (ours / theirs).isFinite else { return nil }
            return ours / theirs
        }
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 / Double(values.count) }
    }

    private func passes(
        _ reason: String, isUnknown: Bool, shift: HodgesLehmann? = nil, superiority: BrunnerMunzel? = nil
    ) -> CanaryResult.Metric {
        made(.pass, reason, isCritical: false, isUnknown: isUnknown, shift: shift, superiority: superiority)
    }

    private func made(
        _ classification: CanaryResult.Classification, _ reason: String, isCritical: Bool, isUnknown: Bool = false,
        effect: Double? = nil, shift: HodgesLehmann? = nil, superiority: BrunnerMunzel? = nil
    ) -> CanaryResult.Metric {
        CanaryResult.Metric(
            name: metric.name, classification: classification, reason: reason, isCriticalFailure: isCritical,
            isMuted: metric.isMuted, isUnknown: isUnknown, effect: effect, shift: shift, superiority: superiority)
    }
}
