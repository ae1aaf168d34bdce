package import ArgumentParser
import TminusModel
import TminusPolicy
import TminusPorts
import TminusReports

package struct ShowPolicy: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Says what a policy means today: who may what, what changes need, the next freezes and days off.",
        discussion: "Example: tminus policy show"
    )

    @OptionGroup package var source: PolicySource
    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let policy = try source.loadOrComplain(look).policy
        let lines: [String]
        do throws(PolicyFault) {
            // Seconds would only make the lead times harder to read.
            let minute = Instant(millisecondsSinceEpoch: LocalTime.now.millisecondsSinceEpoch / 60_000 * 60_000)
            lines = try PolicyWords(policy, now: minute).lines(FreezeCalendar())
        } catch {
            throw Failure(.badInput, error.description)
        }
        if look.json {
            return Output(look).print(.members(["digest": .string(policy.digest), "lines": .strings(lines)]))
        }
        Output(look).print(
            lines.map { StyledLine($0, $0.hasPrefix(" ") ? .plain : .strong) })
    }
}
