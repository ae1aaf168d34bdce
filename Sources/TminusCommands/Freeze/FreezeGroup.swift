package import ArgumentParser

package struct FreezeGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Times in which nothing may start: list, add and end them.",
        subcommands: [ListFreezes.self, AddFreeze.self, EndFreeze.self])

    package init() {}
}
