package import ArgumentParser
import TminusAPI

package struct Resume: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Goes on with a paused run.",
        discussion: "Example: tminus resume checkout-12"
    )

    @OptionGroup package var target: RunArgument

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.resume), options)
    }
}
