import TminusModel

/// Whether what stays of pruned runs is what the control journal recorded before they went.
struct PrunedCheck {
    private var recorded: [String: PrunedRun] = [:]

    /// To be told of every control event.
    mutating func note(_ body: ControlEvent.Body) {
        guard case .runsPruned(let runs, _, _) = body else { return }
        for run in runs { recorded[run.run] = run }
    }

    /// What is wrong with a run of which only the end is left; nil when nothing is.
    func fault(_ left: PrunedRun) -> String? {
        guard let known = recorded[left.run] else {
            return "\(left.run) is noted as pruned, and the control journal has no record of that: it was changed "
                + "outside Tminus"
        }
        guard known == left else {
            return "\(left.run) ended with \(known.events) events and hash \(known.head) when it was pruned, and the "
                + "journal's index now says \(left.events) and \(left.head): it was changed outside Tminus"
        }
        return nil
    }
}
