package import ArgumentParser

package struct ShowVersion: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Prints the version.",
        discussion: "Example: tminus version"
    )

    package init() {}

    package func run() { Output.write("tminus \(Version.current)\n") }
}
