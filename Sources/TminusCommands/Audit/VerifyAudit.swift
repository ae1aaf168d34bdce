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
        let (names, count, pruned) = try await Connection.use(options) { client in
            var names = runs
            if names.isEmpty { names = try await client.runs(limit: 1_000).map(\.run) }
            var place = 0
            var check = PrunedCheck()
            while let events = try await next(place, client) {
                place = events.last?.sequence ?? place
                for event in events { check.note(event.body) }
            }
            for name in names { try await client.verify(name) }
            let left = try await Self.pruned(client)
            if let fault = left.lazy.compactMap(check.fault).first { throw Failure(.failed, fault) }
            return (names, place, left.count)
        }
        if options.look.json {
            output.print(
                JSON.members([
                    "runs": .integer(names.count), "controlEvents": .integer(count), "pruned": .integer(pruned),
                ]))
        } else {
            output.print(
                StyledLine("the chains of \(names.count) runs and of \(count) control events are whole"))
            if pruned > 0 {
                output.print(StyledLine("what stays of \(pruned) pruned runs is what was recorded before they went"))
            }
        }
    }

    private func next(_ place: Int, _ client: EngineClient) async throws -> [ControlEvent]? {
        let events = try await client.controlEvents(after: place)
        return events.isEmpty ? nil : events
    }

    private static func pruned(_ client: EngineClient) async throws -> [PrunedRun] {
        var all: [PrunedRun] = []
        var place = 0
        while true {
            let (runs, last) = try await client.pruned(after: place)
            if runs.isEmpty { return all }
            all += runs
            place = last
        }
    }
}
