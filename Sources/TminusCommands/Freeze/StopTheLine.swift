package import ArgumentParser
import TminusModel

package struct StopTheLine: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stop-the-line",
        abstract: "No step starts any more, in any run, until somebody starts the line again.",
        discussion: """
            Example: tminus stop-the-line --reason 'payments are failing'

            Steps that run go on, and rolling back works. It takes the right stopTheLine.
            """
    )

    @Option(help: "What this stop is called; another one can be made beside it.")
    package var name = "line"

    @OptionGroup package var scope: FreezeScope
    @OptionGroup package var why: ReasonOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(.stopLine(rule(now: LocalTime.now)), options)
    }

    func rule(now: Instant) -> FreezeRule {
        var rule = FreezeRule(name: name, reason: why.reason, kind: .deny, times: .once(from: now, until: nil))
        rule.environments = scope.environments
        rule.services = scope.services
        rule.actions = [.start, .advance, .retry, .bypass]
        rule.isOverridable = false
        return rule
    }
}
