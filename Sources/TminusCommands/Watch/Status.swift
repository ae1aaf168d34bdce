package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

package struct Status: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says where a run stands and what it waits for; without a run, all that have not ended.",
        discussion: """
            Example: tminus status checkout-12

            With a run, the exit code is the run's: 0 running or succeeded, 1 failed, 2 rolled back, 3 waiting, \
            4 rollback incomplete, 5 aborted.
            """
    )

    @Argument(help: ArgumentHelp("The run; all live ones when left out.", valueName: "run"))
    package var run: String?

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        guard let run else { return try await live() }
        let (reply, history) = try await Connection.use(options) { client in
            (try await client.run(run), try await RunHistory.read(run, client))
        }
        let output = Output(options.look)
        if options.look.json {
            output.print(reply.json)
        } else {
            let now = max(LocalTime.now, history.state.lastAt)
            let size = LiveFrame.Size(columns: TerminalSize.current?.columns ?? 100, rows: 1_000)
            let frame = LiveFrame(history.state, now: now, size: size, clock: LocalTime.clock(at: now))
            output.print(frame.lines)
        }
        let status = ExitStatus(reply.summary.status)
        if status != .succeeded { throw Failure.silent(status) }
    }

    private func live() async throws {
        let summaries = try await Connection.use(options) { client in try await client.runs(limit: 1_000) }
        let live = summaries.filter { !$0.status.isTerminal }
        RunTable(live, look: options.look).print(otherwise: "no run is live; tminus run list shows those that ended")
    }
}
