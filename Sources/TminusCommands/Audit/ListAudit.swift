package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct ListAudit: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists what was decided about more than one run, and what was refused.",
        discussion: """
            Example: tminus audit list --json

            Freezes, stopped lines, tokens, reviews, broken locks, tags that were looked at, and orders of people who \
            may not give them. What was decided about one run stands in that run's journal: tminus run export.
            """)

    @Option(help: "Only events after this number.")
    package var after = 0

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let output = Output(options.look)
        try await Connection.use(options) { client in
            var place = max(0, after)
            while true {
                let events = try await client.controlEvents(after: place)
                guard let last = events.last else { return }
                for event in events {
                    if options.look.json {
                        output.print(event.json)
                    } else {
                        output.print(StyledLine(ControlLine(event, clock: LocalTime.clock(at: event.at)).text))
                    }
                }
                place = last.sequence
            }
        }
    }
}
