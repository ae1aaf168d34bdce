package import ArgumentParser
import TminusAPI

package struct Go: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "go",
        abstract:
            "Lets a step go on that the error budget or an open judgement holds, or accepts a judging rule as it is.",
        discussion: "Example: tminus go checkout-12 canary --reason 'the alert is about another service'"
    )

    @OptionGroup package var target: RunArgument
    @Argument(help: "The step, or the judging rule.")
    package var step: String

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.go, step: step, reason: why.reason), options)
    }
}
