package import ArgumentParser

package struct LockGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Who may change a service in an environment, and who waits to.",
        subcommands: [ShowLocks.self, BreakLock.self], defaultSubcommand: ShowLocks.self)

    package init() {}
}
