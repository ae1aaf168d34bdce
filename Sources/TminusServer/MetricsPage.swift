import TminusEngine
import TminusJudgement
import TminusModel

/// The engine's own counters in the Prometheus text format.
struct MetricsPage {
    let text: String

    init(_ figures: EngineFigures, version: String) {
        var page = ""
        func add(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]) {
            page += "# HELP tminus_\(name) \(help)\n# TYPE tminus_\(name) \(type)\n"
            for sample in samples { page += "tminus_\(name)\(sample.labels) \(sample.value)\n" }
        }
        add("build", "gauge", "The version that runs.", [("{version=\"\(version)\"}", 1)])
        add("runs_live", "gauge", "Runs that have not ended, waiting ones included.", [("", figures.runsLive)])
        add("runs_submitted_total", "counter", "Runs submitted.", [("", figures.runsSubmitted)])
        add(
            "runs_ended_total", "counter", "Runs ended, by outcome.",
            zip(RunOutcome.allCases, figures.runsEnded).map { ("{outcome=\"\($0.rawValue)\"}", $1) })
        add("attempts_started_total", "counter", "Attempts handed to a shim.", [("", figures.attemptsStarted)])
        add(
            "attempts_adopted_total", "counter", "Attempts taken over from an earlier engine.",
            [("", figures.attemptsAdopted)])
        add("attempts_ended_total", "counter", "Attempts that ended.", [("", figures.attemptsEnded)])
        add("journal_appends_total", "counter", "Transactions of the journal.", [("", figures.appends)])
        add(
            "journal_append_failures_total", "counter", "Transactions the journal refused.",
            [("", figures.appendsFailed)])
        add("journal_events_total", "counter", "Events made durable.", [("", figures.events)])
        add(
            "runs_taken_up_again_total", "counter", "Runs folded anew after the journal refused.",
            [("", figures.runsTakenUpAgain)])
        add("commands_total", "counter", "Commands of people.", [("", figures.commands)])
        add("scrapes_total", "counter", "Readings of metrics endpoints.", [("", figures.scrapes)])
        add("scrape_failures_total", "counter", "Readings that failed.", [("", figures.scrapeErrors)])
        add("pages_due", "gauge", "Pages still being tried.", [("", figures.pagesDue)])
        add("pages_delivered_total", "counter", "Pages delivered.", [("", figures.pagesDelivered)])
        add("page_failures_total", "counter", "Tries at a page that failed.", [("", figures.pageTriesFailed)])
        add("pages_given_up_total", "counter", "Pages given up.", [("", figures.pagesGivenUp)])
        add(
            "burn_alert_firing", "gauge", "Whether a burn alert fires, by service.",
            figures.alerts.map { (Self.labels($0), $0.state.isFiring ? 1 : 0) })
        add(
            "burn_alert_pending", "gauge", "Whether a burn alert is seen, but not for as long as `alertAfter` asks.",
            figures.alerts.map { (Self.labels($0), $0.state.word == "pending" ? 1 : 0) })
        add(
            "burn_alert_unmeasured", "gauge", "Whether a burn alert is frozen because nothing could be measured.",
            figures.alerts.map { (Self.labels($0), $0.state.frozenSince == nil ? 0 : 1) })
        page += Self.batches(figures)
        text = page
    }

    private static func labels(_ alert: AlertStanding) -> String {
        let pairs = [
            ("service", alert.service), ("environment", alert.environment), ("objective", alert.objective),
            ("alert", alert.name),
        ]
        return "{" + pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }

    /// Appends by how many events they held.
    private static func batches(_ figures: EngineFigures) -> String {
        let name = "tminus_journal_append_events"
        var page = "# HELP \(name) Events in one transaction.\n# TYPE \(name) histogram\n"
        for (position, limit) in EngineFigures.batchLimits.enumerated() where position < figures.appendsByBatch.count {
            page += "\(name)_bucket{le=\"\(limit)\"} \(figures.appendsByBatch[position])\n"
        }
        page += "\(name)_bucket{le=\"+Inf\"} \(figures.appends)\n"
        return page + "\(name)_sum \(figures.events)\n\(name)_count \(figures.appends)\n"
    }
}
