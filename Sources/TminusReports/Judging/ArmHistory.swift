package import TminusModel

/// Both arms of past intervals: what a rule's false-rollback rate and power are measured on.
package struct ArmHistory: Equatable, Sendable {
    package struct Interval: Equatable, Sendable {
        package var candidate: GoodTotal
        package var baseline: GoodTotal

        package init(candidate: GoodTotal, baseline: GoodTotal) {
            self.candidate = candidate
            self.baseline = baseline
        }
    }

    /// Oldest first.
    package var intervals: [Interval]

    package init(_ intervals: [Interval]) {
        self.intervals = intervals
    }

    /// What one rule of a past run measured; intervals without counts of both arms are left out.
    package init(_ rule: Int, _ events: [Event]) {
        intervals = events.compactMap { event in
            guard case .ruleJudged(rule, let measurement, _) = event.body,
                case .counts(let candidate) = measurement.subject, case .counts(let baseline)? = measurement.baseline
            else { return nil }
            return Interval(candidate: candidate, baseline: baseline)
        }
    }

    /// Reads JSON (`[{"candidateGood", "candidateTotal", "baselineGood", "baselineTotal"}, …]`) or lines of four whole
    /// numbers in that order, with commas between them; a first line of names, and empty lines, are passed over.
    ///
    /// - Throws: with the line or position that can't be used.
    package init(text: String) throws(HistoryError) {
        var intervals: [Interval] = []
        for row in try CountTable.read(text, names: Self.names) {
            guard let candidate = GoodTotal(good: row.numbers[0], total: row.numbers[1]),
                let baseline = GoodTotal(good: row.numbers[2], total: row.numbers[3])
            else { throw HistoryError("\(row.place) counts more good than there are in all, or below nothing") }
            intervals.append(Interval(candidate: candidate, baseline: baseline))
        }
        self.intervals = intervals
    }

    private static let names = ["candidateGood", "candidateTotal", "baselineGood", "baselineTotal"]
}
