package import ArgumentParser

/// `tminus run FILE`, and the nouns' own: list, show, export.
package struct RunGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a pipeline and watches it; or lists, shows and exports runs.",
        discussion: """
            Example: tminus run checkout.yaml --input version=v1.4.2

            The options of running are listed by: tminus run start --help
            """,
        subcommands: [RunStart.self, RunList.self, RunShow.self, RunExport.self],
        defaultSubcommand: RunStart.self
    )

    package init() {}
}
