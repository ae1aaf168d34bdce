package import ArgumentParser

package struct TokenGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens for people and programs that come over TCP.",
        subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self])

    package init() {}
}
