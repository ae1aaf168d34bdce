package import ArgumentParser
import TminusAPI

package struct Approve: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approves a change, or a step, that waits for it.",
        discussion: "Example: tminus approve checkout-12 go --comment 'checked the dashboards'"
    )

    @OptionGroup package var target: RunArgument
    @Argument(
        help: """
            The step; may be left out for the change while it waits, and when only one step does. "change" names the \
            change.
            """)
    package var step: String?

    @Option(name: .long, help: "A comment for the record.")
    package var comment = ""

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.tell(target.run, CommandOrder(.approve, step: step, reason: comment), options)
    }
}
