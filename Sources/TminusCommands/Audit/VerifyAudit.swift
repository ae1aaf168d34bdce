package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct VerifyAudit: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks the hash chains of the control journal and of runs.",
        discussion: """
            Example: tminus audit verify checkout-12

            Without a run it checks the newest thousand. A chain shows that nothing in it was changed, left out or put \
            in; it does not show that a journal was not replaced as a whole: keep a backup, or the last hash, elsewhere.
            """)

    @Argument(help: "Runs to check.")
    package var runs: [String] = []

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let output = Output(options.look)
        let (names, count) = try await Connection.use(options) { client in
            var names = runs
            if names.isEmpty { names = try await client.runs(limit: 1_000).map(\.run) }
            var place = 0
            while let last = try await client.controlEvents(after: place).last { place = last.sequence }
            for name in names { try await client.verify(name) }
            return (names, place)
        }
        if options.look.json {
            output.print(JSON.members(["runs": .integer(names.count), "controlEvents": .integer(count)]))
        } else {
            output.print(
                StyledLine("the chains of \(names.count) runs and of \(count) control events are whole"))
        }
    }
}
