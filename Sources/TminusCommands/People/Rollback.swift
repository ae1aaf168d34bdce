package import ArgumentParser
import TminusAPI

package struct Rollback: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Rolls a run back, in the right order, whatever it is doing.",
        discussion: "Example: tminus rollback checkout-12 --reason 'support is flooded'"
    )

    @OptionGroup package var target: RunArgument
    @Option(name: .long, help: "Why, for the record.")
    package var reason = "asked for on the command line"

    @Flag(name: .long, help: "Also past the point of no return: the old version may not work on what it left.")
    package var pastPivot = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let order = CommandOrder(.rollback, reason: reason, isPastPivotAllowed: pastPivot)
        try await Telling.tell(target.run, order, options)
    }
}
