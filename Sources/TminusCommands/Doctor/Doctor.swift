package import ArgumentParser
import Glibc
import TminusAPI
import TminusAttempts
import TminusModel
import TminusReports

package struct Doctor: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at everything an engine needs, and says what to do where something is wrong.",
        discussion: "Example: tminus doctor\n\nThe exit code is 1 when something fails."
    )

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        let findings = directory.remote == nil ? await all(of: directory) : await engineFindings()
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["findings": .array(findings.map(\.json))]))
        } else {
            output.print(findings.flatMap(lines))
        }
        if findings.contains(where: { $0.level == .failure }) { throw Failure.silent(.failed) }
    }

    private func all(of directory: DataDirectory) async -> [Finding] {
        var findings = OutsideFindings(directory).beforeEngine
        if findings.first?.level == .failure { return findings }
        if SocketProbe.isListening(directory.socket) {
            findings += await engineFindings()
        } else {
            findings += await restingFindings(directory)
        }
        return findings + SignedFindings(directory: directory, now: LocalTime.now).all
    }

    /// Where no engine runs none is started: what is to be looked at may be why it can't.
    private func restingFindings(_ directory: DataDirectory) async -> [Finding] {
        let idle = Finding(.ok, "engine", "none runs; the next command starts one")
        do throws(Failure) { try MissingJournal.check(directory) } catch {
            let what = MissingJournal.lost(directory.journal) ?? "is gone"
            return [Finding(.failure, "journal", "\(directory.journal) \(what)", remedy: error.description)]
        }
        guard access(directory.journal, F_OK) == 0 else {
            return [idle, Finding(.ok, "journal", "there is none yet: the first engine makes it")]
        }
        let journal = JournalFindings(directory: directory, isLive: false, now: LocalTime.now)
        return [idle, killing] + (await journal.all())
    }

    /// As an engine that is started from here would find it.
    private var killing: Finding {
        switch CgroupDelegation.detect() {
        case .usable(let parent):
            EngineFindings.killing("cgroup v2: an engine started from here may make some in \(parent)")
        case .unusable(let reason):
            EngineFindings.killing("sweep: an engine started from here walks the tree below each shim, since \(reason)")
        }
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
