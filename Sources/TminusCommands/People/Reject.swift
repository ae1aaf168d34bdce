package import ArgumentParser
import TminusAPI

package struct Reject: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Rejects a step that waits for approval; it fails.",
        discussion: "Example: tminus reject checkout-12 go --reason 'payments is down'"
    )

    @OptionGroup package var target: RunArgument
    @Argument(help: "The step; may be left out when only one waits for approval.")
    package var step: String?

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.reject, step: step, reason: why.reason), options)
    }
}
