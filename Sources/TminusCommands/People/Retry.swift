package import ArgumentParser
import TminusAPI

package struct Retry: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries a failed step again.",
        discussion: "Example: tminus retry checkout-12 promote --reason 'the registry is back'"
    )

    @OptionGroup package var target: RunArgument
    @Argument(help: "The step.")
    package var step: String

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.retry, step: step, reason: why.reason), options)
    }
}
