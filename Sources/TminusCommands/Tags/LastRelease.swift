import TminusModel

/// What is in place on a (service, environment), as far as releases say.
enum LastRelease {
    /// The newest that succeeded, had a commit, and was not taken back since; nil when there is none.
    ///
    /// - Parameter records: newest first.
    static func inPlace(_ records: [ReleaseRecord]) -> ReleaseRecord? {
        var undone: Set<String> = []
        for record in records where record.outcome == .succeeded && record.hadEffect {
            if case .rollback(let run, _) = record.lineage {
                undone.insert(run)
            } else if record.commit != nil, !undone.contains(record.run) {
                return record
            }
        }
        return nil
    }
}
