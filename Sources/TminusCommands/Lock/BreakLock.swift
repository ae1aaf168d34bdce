package import ArgumentParser
import TminusModel

package struct BreakLock: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "break",
        abstract: "Makes a run give up its lock, so that the next in the queue goes on.",
        discussion: """
            Example: tminus lock break checkout production --reason "the night's release hangs, the fix can't wait"

            The run is paused. What it has under way goes on to its end; it starts nothing more until it has the lock \
            again and somebody resumes it.
            """)

    @Argument(help: "The service.")
    package var service: String

    @Argument(help: "The environment.")
    package var environment: String

    @Option(help: "Why, for the record.")
    package var reason: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(
            .breakLock(service: service, environment: environment, reason: reason), options)
    }
}
