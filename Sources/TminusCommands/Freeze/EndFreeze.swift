package import ArgumentParser
import TminusModel

package struct EndFreeze: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "Ends a freeze that was added by command; one in the policy file ends there.",
        discussion: "Example: tminus freeze end sale --reason 'sold out'"
    )

    @Argument(help: "Its name.")
    package var name: String

    @OptionGroup package var why: ReasonOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(.endFreeze(name: name, reason: why.reason), options)
    }
}
