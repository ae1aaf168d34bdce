package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct StoreImport: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what was rolled back while the journal was away; an engine's start does it too.",
        discussion: "Example: tminus store import"
    )

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        let emergency = Emergency(directory: directory)
        let open = emergency.open
        // Whoever starts with the journal back imports; one that runs already did so.
        await (try await Connection.open(directory)).client.shutdown()
        let left = emergency.open
        guard left.isEmpty else {
            throw Failure(
                .failed,
                "emergency/\(left.map(String.init).joined(separator: ", ")) is still in use or could not be read; "
                    + "see \(directory.log)")
        }
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["imported": .array(open.map(JSON.integer))]))
        } else {
            output.print(
                StyledLine(
                    open.isEmpty
                        ? "nothing is left to import"
                        : "imported \(open.map { "emergency/\($0)" }.joined(separator: ", ")): tminus run list"))
        }
    }
}
