package import ArgumentParser

package struct ReleaseGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "release", abstract: "What was released where, and what may go no further.",
        subcommands: [ListReleases.self, BlockRelease.self, UnblockRelease.self],
        defaultSubcommand: ListReleases.self)

    package init() {}
}
