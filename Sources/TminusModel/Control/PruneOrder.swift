/// Which finished runs somebody wants removed. With neither an age nor a number nothing is.
package struct PruneOrder: Equatable, Sendable {
    /// Only runs that ended longer ago than this; nil for any age.
    package var olderThan: Duration?
    /// The newest so many of each pipeline on each (service, environment) stay; nil for none.
    package var keep: Int?
    /// Also those that forecasts of what steps cost are made from.
    package var takesPastCosts: Bool
    package var isDryRun: Bool
    /// May be empty.
    package var reason: String

    package init(
        olderThan: Duration?, keep: Int?, takesPastCosts: Bool = false, isDryRun: Bool = false, reason: String = ""
    ) {
        self.olderThan = olderThan
        self.keep = keep
        self.takesPastCosts = takesPastCosts
        self.isDryRun = isDryRun
        self.reason = reason
    }
}

extension PruneOrder: ReadFromJSON {
    package var json: JSON {
        .members([
            "olderThanMilliseconds": .milliseconds(olderThan), "keep": keep.map { .integer(Int64($0)) },
            "takesPastCosts": .ifTrue(takesPastCosts), "isDryRun": .ifTrue(isDryRun),
            "reason": .text(reason.isEmpty ? nil : reason),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            olderThan: try fields.optionalDuration("olderThanMilliseconds", atLeast: 1),
            keep: try fields.optional("keep"),
            takesPastCosts: try fields.flag("takesPastCosts"), isDryRun: try fields.flag("isDryRun"),
            reason: try fields.optional("reason") ?? "")
        try fields.finish()
    }
}

/// Why a finished run is not pruned, in the order in which reasons are looked for.
package enum PruneSparing: String, Equatable, Sendable, CaseIterable {
    /// The last run of all: names and times are counted on from it.
    case newest
    /// Going back needs it: it is in place on its target, or lies right below, or began to take such a one back.
    case goingBack
    /// An open review looks back at it.
    case review
    /// A live run takes it back, or comes from it.
    case liveRun
    /// Something it started is still alive, or somebody is still to be told of it.
    case stillBusy
    /// Forecasts of what steps cost are made from it.
    case pastCosts
    /// It is among the newest of its pipeline that were to be kept.
    case kept
    /// It ended too recently.
    case young

    /// For people: which runs these are.
    package var says: String {
        switch self {
        case .newest: "the newest run"
        case .goingBack: "what going back needs"
        case .review: "with an open review"
        case .liveRun: "needed by a live run"
        case .stillBusy: "with something still alive, or somebody to tell"
        case .pastCosts: "what forecasts of cost are made from (--forget-costs takes them too)"
        case .kept: "among the newest, which are kept"
        case .young: "not old enough"
        }
    }
}
