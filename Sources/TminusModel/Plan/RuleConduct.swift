/// How a judging rule treats measurements that say little, and how much it takes to convict or acquit.
package struct RuleConduct: Equatable, Sendable {
    /// What a measurement that found nothing does.
    package enum Missing: String, Sendable, CaseIterable {
        /// Neither for nor against; the rule can't pass on it.
        case hold
        /// It counts as a failing measurement.
        case fail
        /// It is left out.
        case ignore
    }

    /// Judged and reported, never decides.
    package var isDryRun = false
    /// Measurements within this long of the rule's opening are not judged.
    package var warmUp: Duration = .zero
    /// No series at all.
    package var onNoData: Missing = .hold
    /// Series, and no requests.
    package var onNoTraffic: Missing = .hold
    /// An answer with warnings, or with gaps.
    package var onPartial: Missing = .hold
    /// Inconclusive measurements tolerated in all; nil tolerates any number.
    package var inconclusiveLimit: Int?
    /// Passing measurements in a row after which the rule passes for good; nil never.
    package var successLimit: Int?
    /// 1 / over-dispersion in (0, 1]; nil estimates it from the baseline's own history.
    package var tempering: Ratio?
    /// As the baseline's history showed it when the run was ordered; nil when that showed too little, or isn't asked.
    package var burstiness: Burstiness?

    package init() {}
}
