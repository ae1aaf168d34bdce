package import ArgumentParser

package struct StoreGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Backs the journal up, restores and prunes it, and takes in what was done without it.",
        subcommands: [StoreBackup.self, StoreRestore.self, StorePrune.self, StoreImport.self]
    )

    package init() {}
}
