package import ArgumentParser

package struct StoreGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Backs the journal up, and restores it.",
        subcommands: [StoreBackup.self, StoreRestore.self]
    )

    package init() {}
}
