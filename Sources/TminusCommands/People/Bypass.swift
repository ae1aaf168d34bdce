package import ArgumentParser
import TminusAPI

package struct Bypass: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bypass",
        abstract: "Takes a step as done by other means.",
        discussion: "Example: tminus bypass checkout-12 artifacts --reason 'copied by hand'"
    )

    @OptionGroup package var target: RunArgument
    @Argument(help: "The step.")
    package var step: String

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.bypass, step: step, reason: why.reason), options)
    }
}
