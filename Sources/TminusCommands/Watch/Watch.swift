package import ArgumentParser
import TminusAPI

package struct Watch: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watches a run until it ends; its exit code is the run's.",
        discussion: "Example: tminus watch checkout-12"
    )

    @OptionGroup package var target: RunArgument

    @Flag(name: .long, help: "Leave with exit code 3 as soon as the run only waits.")
    package var noWait = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        let (client, engine) = try await Connection.open(directory)
        let watching = Watching(
            run: target.run, directory: directory, look: options.look, leavesWhenWaiting: noWait,
            startsEngine: engine.idleExit != nil)
        throw Failure.silent(try await watching.toTheEnd(client))
    }
}
