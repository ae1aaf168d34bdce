package import ArgumentParser
import TminusModel

package struct RevokeToken: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Makes a token worthless, at once.",
        discussion: "Example: tminus token revoke token-3 --reason 'the laptop was lost'")

    @Argument(help: "Its name, such as token-3.")
    package var name: String

    @Option(help: "Why, for the record.")
    package var reason: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Telling.order(.revokeToken(name: name, reason: reason), options)
    }
}
