package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct ListReleases: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists ended runs with what they released, newest first, and blocked versions.",
        discussion: "Example: tminus release list --service checkout --environment production")

    @Option(help: "Only of this service.")
    package var service: String?

    @Option(help: "Only on this environment.")
    package var environment: String?

    @Option(help: "At most so many, 1 to 1000.")
    package var limit = 20

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    package func run() async throws {
        let (reply, control) = try await Connection.use(options) { client in
            let releases = try await client.releases(service: service, environment: environment, limit: limit)
            return (releases, try await client.reviews())
        }
        let output = Output(options.look)
        let blocks = control["blocks"]?.elements ?? []
        if options.look.json {
            return output.print(
                JSON.members(["releases": reply["releases"] ?? .array([]), "blocks": .array(blocks)]))
        }
        let records = (reply["releases"]?.elements ?? []).compactMap { try? ReleaseRecord(json: $0) }
        if records.isEmpty { Output.complain("nothing was released yet") }
        for record in records { output.print(StyledLine(SafeText.line(line(record)))) }
        for block in blocks {
            output.print(
                StyledLine(
                    SafeText.line(
                        "blocked: \(block["version"]?.text ?? "?") of \(block["service"]?.text ?? "?"), by "
                            + "\(block["by"]?.text ?? "?"): \(block["reason"]?.text ?? "")")))
        }
    }

    private func line(_ record: ReleaseRecord) -> String {
        let lineage =
            switch record.lineage {
            case .rollback(let run, _): "  took \(run) back"
            case .hotfix(let incident): "  hotfix for \(incident)"
            case nil: ""
            }
        return "\(LocalTime.full(record.ended))  \(record.service) → \(record.environment)  "
            + "\(record.version ?? "(no version)")  \(record.outcome.rawValue)  \(record.run)\(lineage)"
    }
}
