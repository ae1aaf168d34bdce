import TminusModel

/// Whether the place that `metrics` names can answer what an indicator asks; reported where the indicator is written.
struct OriginCheck {
    let metrics: MetricEndpoints
    /// The pipeline's, absolute.
    let folder: String

    func check(_ named: SLO.Named, _ list: inout DiagnosticList) {
        let indicator = named.indicator
        guard isAnswered(indicator.counting) else {
            list.add(
                named.place.diagnostic(
                    .error,
                    "indicator '\(indicator.name)' counts by \(indicator.counting.words), which \(words) "
                        + "cannot answer",
                    fix: "\(words) can answer: \(answers)"))
            return
        }
        if !metrics.baseline.isEmpty, let fix = armFix(indicator.counting) {
            list.add(
                named.place.diagnostic(
                    .error, "indicator '\(indicator.name)' does not tell '\(metrics.baseline)' from another version",
                    fix: fix))
        }
        if case .sql(let text) = indicator.counting, !metrics.baseline.isEmpty, text.contains(":arm"),
            !Self.countsWholeService(text)
        {
            list.add(
                named.place.diagnostic(
                    .warning,
                    "indicator '\(indicator.name)' counts nothing for the whole service, for which ':arm' is empty",
                    fix: "write the version as: (:arm = '' OR version = :arm)"))
        }
        for claim in named.claims { check(claim, &list) }
    }

    /// Whether the text has a condition for an empty `:arm`, in any of the usual spellings.
    private static func countsWholeService(_ text: String) -> Bool {
        let plain = text.lowercased().filter { !$0.isWhitespace }
        return [
            ":arm=''", "''=:arm", ":arm<>''", "''<>:arm", ":arm!=''", ":armin('')", "nullif(:arm,'')",
            "length(:arm)", ":armlike", "like:arm",
        ].contains { plain.contains($0) }
    }

    private func check(_ claim: OriginClaim, _ list: inout DiagnosticList) {
        let kind = claim.kind == "sql" ? metrics.origin.isDatabase : claim.kind == metrics.origin.kind
        guard kind else {
            list.add(
                claim.place.diagnostic(
                    .error, "the DataSource is \(claim.kind), and the pipeline's 'metrics' read \(words)",
                    fix: "name the same place in both"))
            return
        }
        guard let address = claim.address, let own = metrics.origin.address, address != own else { return }
        // Relative paths start at the pipeline's folder.
        if case .sqlite = metrics.origin, "\(folder)/\(own)" == address { return }
        list.add(
            claim.place.diagnostic(
                .error, "the DataSource is at '\(address)', and the pipeline's 'metrics' read '\(own)'",
                fix: "write the same in both, or remove it here"))
    }

    private func isAnswered(_ counting: Counting) -> Bool {
        switch (metrics.origin, counting) {
        case (.pages, .counters), (.pages, .failures), (.pages, .latency): true
        case (.prometheus, .counters), (.prometheus, .failures), (.prometheus, .latency), (.prometheus, .promQL): true
        case (.sqlite, .sql), (.sqlite, .requestLogs), (.sqlite, .journey): true
        case (.postgres, .sql), (.postgres, .requestLogs), (.postgres, .journey): true
        case (.json, .document), (.command, .asked): true
        case (.pages, _), (.prometheus, _), (.sqlite, _), (.postgres, _), (.json, _), (.command, _): false
        }
    }

    private var words: String {
        switch metrics.origin {
        case .pages: "a /metrics page"
        case .prometheus: "prometheus"
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        case .json: "a json origin"
        case .command: "a command"
        }
    }

    private var answers: String {
        switch metrics.origin {
        case .pages: "'good' or 'bad' with 'total', or 'histogram' with 'under'"
        case .prometheus: "'good' or 'bad' with 'total', 'histogram' with 'under', or 'promql'"
        case .sqlite, .postgres: "'sql', 'requestLogs' or 'journey'"
        case .json: "'json: {good: /good, total: /total}'"
        case .command: "'asked: true'"
        }
    }

    /// What to write so that the version is told apart; nil when it is.
    private func armFix(_ counting: Counting) -> String? {
        switch counting {
        case .promQL(let good, let total):
            let isTold = good.contains("$arm") && total.contains("$arm")
            return isTold ? nil : "write the version as a matcher in both queries, such as {version=~\"$arm\"}"
        case .sql(let text):
            return text.contains(":arm") ? nil : "add a condition such as: (:arm = '' OR version = :arm)"
        case .counters, .failures, .latency:
            if case .prometheus(_, nil, _) = metrics.origin { return "add 'label: version' under 'prometheus'" }
            return nil
        case .requestLogs, .journey, .document, .asked: return nil
        }
    }
}

extension MetricOrigin {
    /// As DataSources name it.
    fileprivate var kind: String {
        switch self {
        case .pages: "scrape"
        case .prometheus: "prometheus"
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        case .json: "json"
        case .command: "command"
        }
    }

    fileprivate var isDatabase: Bool { ["sqlite", "postgres"].contains(kind) }

    fileprivate var address: String? {
        switch self {
        case .pages, .command: nil
        case .prometheus(let url, _, _): url
        case .sqlite(let path): path
        case .postgres(let connection, _): connection
        case .json(let url, _): url
        }
    }
}

extension Counting {
    /// As the end of "counts by …".
    fileprivate var words: String {
        switch self {
        case .counters: "two counters"
        case .failures: "a counter of failures"
        case .latency: "a histogram"
        case .promQL: "PromQL"
        case .sql: "SQL"
        case .requestLogs: "request logs"
        case .journey: "a user journey"
        case .document: "a JSON document"
        case .asked: "asking a command"
        }
    }
}
