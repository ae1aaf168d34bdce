/// A comparison by counts at a planned number of looks (group-sequential), as a plan carries it.
package struct PlannedLooks: Equatable, Sendable {
    /// How the chance of a wrong conviction is spent over the looks.
    package enum Spending: String, Sendable, CaseIterable {
        /// Next to nothing at first, most at the end.
        case obrienFleming
        /// Evenly.
        case pocock
    }

    /// Harm up to this ratio of bad rates is tolerated; ≥ 1.
    package var bound: Ratio
    /// 1...100.
    package var looks: Int
    /// The ratio that the plan finds in nine of ten releases; more than `bound`.
    package var toFind: Ratio
    package var spending: Spending
    /// When the plan is complete: Σ E π (1 − π) over intervals, in thousandths; > 0. Follows from `toFind` and the
    /// canary's weights.
    package var informationThousandths: Int64

    package init(bound: Ratio, looks: Int, toFind: Ratio, spending: Spending, informationThousandths: Int64) {
        self.bound = bound
        self.looks = looks
        self.toFind = toFind
        self.spending = spending
        self.informationThousandths = informationThousandths
    }
}

extension JudgingRule {
    /// Whether it needs the baseline's reading beside the candidate's.
    package var comparesWithBaseline: Bool {
        switch trip {
        case .below: false
        case .ratioAbove, .planned, .slowerAbove, .meanAbove: true
        }
    }

    /// What it needs to know of durations, beside counts.
    package enum Durations: Hashable, Sendable {
        /// How many took at most each boundary of a histogram.
        case distribution
        /// Their sum.
        case sum
    }

    package var durations: Durations? {
        switch trip {
        case .below, .ratioAbove, .planned: nil
        case .slowerAbove: .distribution
        case .meanAbove: .sum
        }
    }

    /// Measurements after which it surely has convicted a candidate that fails everything; nil for one that does not
    /// look at failures.
    package var looksToConvict: Int? {
        switch trip {
        case .below(_, let failAfter): min(max(failAfter, 1), 10_000)
        case .ratioAbove, .planned: 2
        case .slowerAbove, .meanAbove: nil
        }
    }
}
