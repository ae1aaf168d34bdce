package import ArgumentParser
import TminusModel

package struct StartTheLine: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "start-the-line",
        abstract: "Lets steps start again after stop-the-line.",
        discussion: "Example: tminus start-the-line --reason 'payments are back'"
    )

    @Option(help: "Which stop.")
    package var name = "line"

    @OptionGroup package var why: ReasonOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(.releaseLine(name: name, reason: why.reason), options)
    }
}
