package import ArgumentParser
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusReports

package struct CheckPolicy: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a policy; with exit code 65 when something is wrong, and every mistake with its place.",
        discussion: """
            Example: tminus policy check tminus.yaml

            Without a file it checks the one that the engine of the data directory reads: TMINUS_POLICY, else \
            tminus.yaml in the data directory, else /etc/tminus/tminus.yaml; whose it is and who may write it as well.
            """
    )

    @OptionGroup package var source: PolicySource
    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let output = Output(look)
        let (policy, warnings, path) = try source.loadOrComplain(look)
        if look.json {
            return output.print(
                .members([
                    "file": .string(path), "digest": .string(policy.digest),
                    "diagnostics": .array(warnings.map(\.json)),
                ]))
        }
        for warning in warnings { Output.complain(warning.text) }
        let counts = [
            (policy.people.count, "person", "people"), (policy.groups.count, "group", "groups"),
            (policy.environments.count, "environment", "environments"),
            (policy.changes.count, "class of change", "classes of change"),
            (policy.freezes.count, "freeze", "freezes"),
        ]
        let said = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }.joined(separator: ", ")
        output.print(StyledLine("\(path): ").appending("sound", .good).appending(said.isEmpty ? "" : ", \(said)"))
    }
}
