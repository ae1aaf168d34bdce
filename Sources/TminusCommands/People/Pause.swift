package import ArgumentParser
import TminusAPI

package struct Pause: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Starts nothing more until resumed; what runs goes on, and is judged.",
        discussion: "Example: tminus pause checkout-12 --reason 'waiting for payments'"
    )

    @OptionGroup package var target: RunArgument
    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.pause, reason: why.reason), options)
    }
}
