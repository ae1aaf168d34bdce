package import ArgumentParser

package struct PolicyGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "The organisation's rules: check them, read them.",
        subcommands: [CheckPolicy.self, ShowPolicy.self, PolicyTemplate.self])

    package init() {}
}
