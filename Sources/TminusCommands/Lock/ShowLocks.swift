package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct ShowLocks: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Lists the locks that runs hold, and their queues.",
        discussion: "Example: tminus lock show")

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let reply = try await Connection.use(options) { client in try await client.locks() }
        let output = Output(options.look)
        if options.look.json { return output.print(reply) }
        let locks = reply["locks"]?.elements ?? []
        if locks.isEmpty { return Output.complain("no run holds a lock") }
        for lock in locks {
            let reason = lock["reason"]?.text.map { ": \($0)" } ?? ""
            output.print(
                StyledLine(
                    SafeText.line(
                        "\(text(lock, "service")) → \(text(lock, "environment"))  \(text(lock, "holder"))  "
                            + "since \(since(lock)), by \(text(lock, "by"))\(reason)")))
            for (place, waiting) in (lock["queue"]?.elements ?? []).enumerated() {
                var notes: [String] = []
                if waiting["isRollback"]?.bool == true { notes.append("goes back, so it goes first") }
                if waiting["isBroken"]?.bool == true { notes.append("its lock was broken") }
                let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
                output.print(
                    StyledLine(
                        SafeText.line(
                            "  \(place + 1). \(text(waiting, "run"))  since \(since(waiting)), "
                                + "by \(text(waiting, "by"))\(note)")))
            }
        }
    }

    private func text(_ json: JSON, _ key: String) -> String { json[key]?.text ?? "?" }

    private func since(_ json: JSON) -> String {
        LocalTime.full(Instant(millisecondsSinceEpoch: json["sinceMilliseconds"]?.integer ?? 0))
    }
}
