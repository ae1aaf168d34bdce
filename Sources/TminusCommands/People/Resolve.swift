package import ArgumentParser
import TminusAPI

package struct Resolve: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Says what became of a step that nobody knows about, or decides about kept maintenance.",
        discussion: "Example: tminus resolve checkout-12 promote --done --reason 'v2 answers everywhere'"
    )

    @OptionGroup package var target: RunArgument

    @Argument(help: "The step.")
    package var step: String

    @Flag(help: "What became of it.")
    package var answer: Answer

    @OptionGroup package var why: ReasonOption

    @OptionGroup package var options: EngineOptions

    /// What a person can say.
    package enum Answer: String, EnumerableFlag, Sendable {
        case done, notDone, lift, keep

        package static func help(for value: Answer) -> ArgumentHelp? {
            switch value {
            case .done: "It was done."
            case .notDone: "It was not done; starting it again is safe."
            case .lift: "Leave maintenance: the data is in order."
            case .keep: "Stay in maintenance, and end the run so."
            }
        }
    }

    package init() {}

    package func run() async throws {
        var order = CommandOrder(.resolve, step: step, reason: why.reason)
        switch answer {
        case .done: order.isDone = true
        case .notDone: order.isDone = false
        case .lift: order.isLifted = true
        case .keep: order.isLifted = false
        }
        try await Telling.tell(target.run, order, options)
    }
}
