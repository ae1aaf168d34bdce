package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct StoreBackup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the journal and the burn alerts into a new file while runs go on, and checks the copy.",
        discussion: "Example: tminus store backup /srv/backups/tminus-2026-11-20.sqlite"
    )

    @Argument(help: "The file to make; it must not exist.", completion: .file())
    package var file: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let path = DataDirectory.absolute(file)
        try await Connection.use(options) { client in try await client.backup(to: path) }
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["to": .string(path)]))
        } else {
            output.print(StyledLine("\(path) holds every run as of now, checked"))
        }
    }
}
