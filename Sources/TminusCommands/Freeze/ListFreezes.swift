package import ArgumentParser
import TminusAPI
import TminusModel
import TminusPolicy
import TminusPorts
import TminusReports

package struct ListFreezes: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists stopped lines and freezes, the policy's as well, with the next times of each.",
        discussion: "Example: tminus freeze list"
    )

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let reply = try await Connection.use(options) { client in try await client.freezes() }
        let output = Output(options.look)
        if options.look.json { return output.print(reply) }
        let lines = try FreezeTable(reply).lines(now: LocalTime.now)
        if lines.isEmpty {
            return Output.complain("nothing is frozen; tminus freeze add NAME --reason WHY adds a freeze")
        }
        output.print(lines)
    }
}

/// What the engine says of freezes, for people.
package struct FreezeTable {
    private struct Entry {
        var rule: FreezeRule
        /// Who put it there, and where it stands.
        var origin: String
        var zone: Zone
        var isLine: Bool
    }

    private var entries: [Entry] = []

    /// - Throws: `.failed` for an answer that cannot be read.
    init(_ reply: JSON) throws(Failure) {
        try add(reply["lines"], isLine: true)
        try add(reply["freezes"], isLine: false)
        try add(reply["policy"], isLine: false)
    }

    private mutating func add(_ list: JSON?, isLine: Bool) throws(Failure) {
        for element in list?.elements ?? [] {
            guard let json = element["freeze"] else { throw Failure(.failed, "the engine's answer can't be read") }
            let rule: FreezeRule
            do { rule = try FreezeRule(json: json) } catch {
                throw Failure(.failed, "the engine's answer can't be read: \(error)")
            }
            var origin = "in the policy"
            if let by = element["by"]?.text {
                let since = element["sinceMilliseconds"]?.integer.map {
                    LocalTime.full(Instant(millisecondsSinceEpoch: $0))
                }
                origin = "by \(by)" + (since.map { ", \($0)" } ?? "")
            }
            let zone = element["zone"]?.text.flatMap { Zone($0) } ?? .current
            entries.append(Entry(rule: rule, origin: origin, zone: zone, isLine: isLine))
        }
    }

    /// - Throws: `.failed` for times that cannot be reckoned on this machine.
    func lines(now: Instant) throws(Failure) -> [StyledLine] {
        var lines: [StyledLine] = []
        let calendar = FreezeCalendar()
        for entry in entries {
            let words = FreezeWords(entry.rule, zone: entry.zone)
            let what = entry.isLine ? "the line is stopped: " : ""
            let next: [String]
            do throws(PolicyFault) { next = try words.next(calendar, now: now) } catch {
                throw Failure(.failed, error.description)
            }
            let holds = next.first?.hasPrefix("now") ?? false
            lines.append(
                StyledLine(entry.rule.name, holds ? .caution : .strong).appending("  \(what)\(words.scope)"))
            lines.append(StyledLine("  \(entry.rule.reason)").appending("  \(entry.origin)", .faint))
            for time in next { lines.append(StyledLine("  \(time)", .faint)) }
        }
        return lines
    }
}
