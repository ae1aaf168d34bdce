package import ArgumentParser
import TminusAPI

package struct Override: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Goes on with a run although a freeze holds it.",
        discussion: """
            It counts for this run and for this one stretch of the freeze. It takes the right overrideFreeze and a
            reason, which is kept in the run's journal.

            Example: tminus override checkout-12 year-end --reason 'INC-042: checkout is down'
            """
    )

    @OptionGroup package var target: RunArgument
    @Argument(help: "The freeze's name; a stopped line's is 'line'.")
    package var freeze: String

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let order = CommandOrder(.overrideFreeze, reason: why.reason, freeze: freeze)
        try await Telling.tell(target.run, order, options)
    }
}
