package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct StorePrune: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Removes finished runs by age and number, while the engine works; never what is still needed.",
        discussion: """
            Example: tminus store prune --older-than 90d --keep 50 --dry-run

            A run goes when both hold: it ended longer ago than --older-than, and --keep newer ones of its pipeline on \
            its service and environment stay. Its events, logs, outputs and pinned files go; its name, its release, \
            what tag made it and the last hash of its chain stay, and tminus audit list says who pruned it.

            Whatever is said, these stay: live runs; what going back needs; runs with an open review or with \
            something still alive; and the newest 30 of each pipeline, from which forecasts of cost are made, unless \
            --forget-costs.
            """
    )

    @Option(name: .customLong("older-than"), help: "Only runs that ended longer ago, such as 90d.")
    package var olderThan: LengthOption?

    @Option(name: .long, help: "Keep so many of the newest of each pipeline on each service and environment.")
    package var keep: Int?

    @Flag(name: .customLong("forget-costs"), help: "Also runs that forecasts of what steps cost are made from.")
    package var forgetsCosts = false

    @Flag(name: .customLong("dry-run"), help: "Say what would go, and change nothing.")
    package var isDryRun = false

    @Option(name: .long, help: "Why, for the record.")
    package var reason = ""

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard olderThan != nil || keep != nil else {
            throw ValidationError("say which: --older-than 90d, --keep 50, or both")
        }
        guard keep.map({ $0 >= 0 }) ?? true else { throw ValidationError("--keep must not be negative") }
    }

    package func run() async throws {
        let order = PruneOrder(
            olderThan: olderThan?.length, keep: keep, takesPastCosts: forgetsCosts, isDryRun: isDryRun, reason: reason)
        let whole = try await Connection.use(options) { client in
            var whole = try await client.prune(order)
            while whole.hasMore {
                let more = try await client.prune(order)
                whole.pruned += more.pruned
                whole.spared = more.spared
                whole.freedBytes += more.freedBytes
                whole.hasMore = more.hasMore
                // What is still alive cannot go: asked again and again it would only be looked at.
                if more.pruned.isEmpty, more.freedBytes == 0 { break }
            }
            return whole
        }
        let output = Output(options.look)
        if options.look.json { return output.print(whole.json) }
        output.print(lines(whole))
    }

    private func lines(_ reply: PruneReply) -> [StyledLine] {
        let count = reply.pruned.count
        let noun = count == 1 ? "run" : "runs"
        var lines: [StyledLine] = []
        if isDryRun {
            lines += reply.pruned.map { StyledLine("  \($0.run)  \($0.events) events") }
            lines.append(StyledLine("\(count) \(noun) would go", .strong))
        } else {
            lines.append(
                StyledLine("\(count) \(noun) pruned", .strong)
                    .appending(", \(Self.size(reply.freedBytes)) given back"))
        }
        lines += reply.spared.map { StyledLine("  \($0.runs) stay: \($0.reason.says)", .faint) }
        return lines
    }

    private static func size(_ bytes: Int64) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
