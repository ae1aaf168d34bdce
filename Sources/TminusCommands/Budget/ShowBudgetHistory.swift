package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

package struct ShowBudgetHistory: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Tells how the error budget went in past runs, and what each step cost.",
        discussion: """
            Example: tminus budget history checkout-12 --svg burn-down.svg

            With one run, the burn-down and the burn rates are drawn; without any, the newest runs are told.
            """
    )

    @Argument(help: ArgumentHelp("Runs; the newest when left out.", valueName: "run"))
    package var runs: [String] = []

    @OptionGroup package var filter: RunFilter

    @Flag(name: .long, help: "Draw the burn rates, not what is left, with --svg.")
    package var rates = false

    @OptionGroup package var picture: PictureOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        if picture.svg != nil, runs.count != 1 { throw ValidationError("--svg draws one run: name it") }
    }

    package func run() async throws {
        let (runs, filter) = (runs, filter)
        let histories = try await Connection.use(options) { client in
            var names = runs
            if names.isEmpty {
                names = try await client.runs(
                    service: filter.service, environment: filter.environment, limit: filter.limit
                ).map(\.run)
            }
            var read: [BudgetHistory] = []
            for name in names {
                let journal = try await RunHistory.read(name, client)
                read.append(BudgetHistory(journal.state, events: journal.events))
            }
            return read
        }
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["runs": .array(histories.map(\.json))]))
        } else {
            show(histories, output)
        }
        if let only = histories.first, histories.count == 1 {
            try picture.write(rates ? only.burnRates : only.burnDown)
        }
    }

    private func show(_ histories: [BudgetHistory], _ output: Output) {
        if histories.isEmpty { return Output.complain("no runs yet; start one: tminus run FILE") }
        let columns = TerminalSize.current?.columns ?? 100
        for history in histories {
            output.print(history.lines(clock: LocalTime.clock(at: history.state.submittedAt)))
        }
        guard let only = histories.first, histories.count == 1 else { return }
        for chart in [only.burnDown, only.burnRates] where !chart.isEmpty {
            output.print([StyledLine()] + chart.lines(columns: columns))
        }
    }
}
