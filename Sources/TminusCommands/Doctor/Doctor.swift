package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct Doctor: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Looks at everything an engine needs, and says what to do where something is wrong.",
        discussion: "Example: tminus doctor\n\nThe exit code is 1 when something fails."
    )

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        let outside = OutsideFindings(directory)
        var findings = outside.beforeEngine
        if !findings.contains(where: { $0.level == .failure }) {
            findings += await engineFindings()
            findings += await outside.orphans(live: liveRuns())
        }
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["findings": .array(findings.map(\.json))]))
        } else {
            output.print(findings.flatMap(lines))
        }
        if findings.contains(where: { $0.level == .failure }) { throw Failure.silent(.failed) }
    }

    private func engineFindings() async -> [Finding] {
        do {
            return try await Connection.use(options) { client in
                let engine = try await client.engine()
                let stays = engine.idleExit.map { "leaves after \($0.releaseText) with nothing to do" } ?? "stays"
                let alive = Finding(
                    .ok, "engine",
                    "pid \(engine.pid), version \(engine.version), \(engine.liveRuns) live runs, \(stays)")
                let version =
                    engine.version == Version.current
                    ? []
                    : [
                        Finding(
                            .warning, "version", "the engine is \(engine.version), this is \(Version.current)",
                            remedy: "restart the engine; runs and their steps live on")
                    ]
                return [alive] + version + (try await client.findings())
            }
        } catch {
            return [Finding(.failure, "engine", "\(error)", remedy: "read the engine's log, then tminus serve")]
        }
    }

    private func liveRuns() async -> [String]? {
        let runs = try? await Connection.use(options) { client in try await client.runs(limit: 1_000) }
        return runs?.filter { !$0.status.isTerminal }.map(\.run)
    }

    private func lines(_ finding: Finding) -> [StyledLine] {
        let (word, style): (String, Style) =
            switch finding.level {
            case .ok: ("ok  ", .good)
            case .warning: ("warn", .caution)
            case .failure: ("FAIL", .bad)
            }
        var lines = [
            StyledLine("\(word)  ", style).appending(finding.subject.padded(to: 10) + "  ").appending(finding.text)
        ]
        if let remedy = finding.remedy { lines.append(StyledLine("                  \(remedy)", .strong)) }
        return lines
    }
}
