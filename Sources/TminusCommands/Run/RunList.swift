package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct RunList: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists runs, newest first.",
        discussion: "Example: tminus run list --service checkout --status rolledBack"
    )

    @OptionGroup package var filter: RunFilter

    @Option(name: .long, help: "Only runs of this status.")
    package var status: String?

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        if let status, RunStatus(word: status) == nil {
            let words = ["running", "waiting", "paused", "rollingBack"] + RunOutcome.allCases.map(\.rawValue)
            throw ValidationError("there is no status '\(status)'; one of \(words.joined(separator: ", "))")
        }
    }

    package func run() async throws {
        let summaries = try await Connection.use(options) { client in
            try await client.runs(
                service: filter.service, environment: filter.environment, status: status, limit: filter.limit)
        }
        RunTable(summaries, look: options.look).print(otherwise: "no runs yet; start one: tminus run FILE")
    }
}

/// Which runs to list.
package struct RunFilter: ParsableArguments {
    @Option(name: .long, help: "Only runs of this service.")
    package var service: String?

    @Option(name: .long, help: "Only runs in this environment.")
    package var environment: String?

    @Option(name: .long, help: "At most so many, 1 to 1000.")
    package var limit = 50

    package init() {}

    package func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }
}
