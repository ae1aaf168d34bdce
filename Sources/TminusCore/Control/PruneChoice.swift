package import TminusModel

/// Chooses which finished runs go. Pure; runs are shown to it newest first, each once.
package struct PruneChoice: Sendable {
    /// What must stay, whatever was ordered.
    package struct Guarded: Equatable, Sendable {
        package var goingBack: Set<String> = []
        package var reviewed: Set<String> = []
        package var byLiveRuns: Set<String> = []
        package var busy: Set<String> = []

        package init() {}
    }

    private struct Kind: Hashable {
        let pipeline: String
        let service: String
        let environment: String
    }

    /// So many good releases of a target stay: the one in place, and the one below it.
    private static let goodMin = 2
    /// As many as have rollback bundles.
    private static let stackMin = 10

    private let order: PruneOrder
    private let guarded: Guarded
    private let now: Instant
    private var seen: [Kind: Int] = [:]

    package init(_ order: PruneOrder, guarded: Guarded, now: Instant) {
        self.order = order
        self.guarded = guarded
        self.now = now
    }

    /// Why the run stays; nil when it goes.
    ///
    /// - Parameter isNewest: no run of any state was submitted after it.
    package mutating func sparing(_ summary: RunSummary, isNewest: Bool) -> PruneSparing? {
        let kind = Kind(
            pipeline: summary.pipeline, service: summary.service, environment: summary.environment)
        let newer = seen[kind, default: 0]
        seen[kind] = newer + 1
        if isNewest { return .newest }
        if guarded.goingBack.contains(summary.run) { return .goingBack }
        if guarded.reviewed.contains(summary.run) { return .review }
        if guarded.byLiveRuns.contains(summary.run) { return .liveRun }
        if guarded.busy.contains(summary.run) { return .stillBusy }
        if !order.takesPastCosts, newer < PastCosts.runsMax { return .pastCosts }
        guard order.olderThan != nil || order.keep != nil else { return .kept }
        if let keep = order.keep, newer < keep { return .kept }
        if let age = order.olderThan {
            guard let ended = summary.ended, ended < now.advanced(by: .zero - age) else { return .young }
        }
        return nil
    }

    /// The runs of a target that going back may need: everything from the top of what is in place down to the second
    /// good release, and the ten topmost at least; with whatever began to take one of them back.
    package static func needed(of stack: ReleaseStack) -> [String] {
        var needed: [String] = []
        var good = 0
        for (depth, entry) in stack.entries.reversed().enumerated() {
            if good >= goodMin, depth >= stackMin { break }
            if entry.isGood { good += 1 }
            needed += [entry.record.run] + entry.unfinished
        }
        return needed
    }
}
