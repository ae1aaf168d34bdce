package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

package struct RunShow: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the report of a run: what happened, why, and what it cost.",
        discussion: "Example: tminus run show checkout-12"
    )

    @OptionGroup package var target: RunArgument
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let history = try await Connection.use(options) { client in try await RunHistory.read(target.run, client) }
        let clock = LocalTime.clock(at: history.state.submittedAt)
        let report = RunReport(history.state, events: history.events, clock: clock)
        let output = Output(options.look)
        if options.look.json { output.print(report.json) } else { output.print(report.full) }
    }
}
