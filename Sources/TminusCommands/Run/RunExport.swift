package import ArgumentParser
import Glibc
import TminusAPI

package struct RunExport: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints a run's journal as JSON lines, with the hash chain that proves it.",
        discussion: "Example: tminus run export checkout-12 > checkout-12.jsonl"
    )

    @OptionGroup package var target: RunArgument
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        try await Connection.use(options) { client in
            var lines = try await client.exportLines(of: target.run)
            while let line = try await lines.nextLine() {
                Output.write((line + [UInt8(ascii: "\n")])[...], to: STDOUT_FILENO)
            }
        }
    }
}
