package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

package struct Explain: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Tells why a run, or one of its steps, is where it is: the facts, and the numbers behind them.",
        discussion: "Example: tminus explain checkout-12 canary"
    )

    @OptionGroup package var target: RunArgument

    @Argument(help: "The step; the run as a whole when left out.")
    package var step: String?

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let history = try await Connection.use(options) { client in try await RunHistory.read(target.run, client) }
        let now = max(LocalTime.now, history.state.lastAt)
        let explanation = Explanation(
            history.state, events: history.events, now: now, clock: LocalTime.clock(at: history.state.submittedAt))
        let output = Output(options.look)
        guard let step else {
            return options.look.json ? output.print(explanation.json(of: nil)) : output.print(explanation.ofRun)
        }
        guard let index = history.state.plan.step(named: step) else {
            let known = history.state.plan.steps.prefix(20).map(\.name).joined(separator: ", ")
            throw Failure(.failed, "\(target.run) has no step '\(step)'; it has \(known)")
        }
        options.look.json ? output.print(explanation.json(of: index)) : output.print(explanation.of(index))
    }
}
