package import ArgumentParser
import TminusAPI

package struct Abort: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Stops a run and rolls back what it did.",
        discussion: "Example: tminus abort checkout-12 --reason 'wrong version'"
    )

    @OptionGroup package var target: RunArgument
    @OptionGroup package var why: ReasonOption

    @Flag(name: .long, help: "Leave what was done as it is.")
    package var keep = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let order = CommandOrder(.abort, reason: why.reason, keepsEffects: keep)
        try await Telling.tell(target.run, order, options)
    }
}
