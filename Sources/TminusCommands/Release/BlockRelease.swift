package import ArgumentParser
import TminusModel

package struct BlockRelease: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Keeps a version from being released any further.",
        discussion: "Example: tminus release block checkout v1.4.2 --reason 'leaks connections'")

    @OptionGroup package var target: BlockTarget
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(
            .block(service: target.service, version: target.version, reason: target.reason), options)
    }
}

package struct UnblockRelease: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Lets a blocked version go on.",
        discussion: "Example: tminus release unblock checkout v1.4.2 --reason 'the leak was the test's'")

    @OptionGroup package var target: BlockTarget
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(
            .unblock(service: target.service, version: target.version, reason: target.reason), options)
    }
}

/// A version, and why it is treated so.
package struct BlockTarget: ParsableArguments {
    @Argument(help: "The service.")
    package var service: String

    @Argument(help: "The version.")
    package var version: String

    @Option(help: "Why, for the record.")
    package var reason: String

    package init() {}
}
