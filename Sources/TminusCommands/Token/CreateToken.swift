package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct CreateToken: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a token and shows it, this once.",
        discussion: """
            Example: tminus token create github --automation --right start --service checkout --days 90

            The token goes to standard output alone, so that it can be piped into a secret store; the engine keeps \
            only its hash.
            """
    )

    @Argument(help: "Whose it is: a person of the policy, or what a program is called.")
    package var person: String

    @Flag(help: "For a program: it approves nothing.")
    package var automation = false

    @Option(
        name: .customLong("right"),
        help:
            "What it may do at most; repeatable. Else start for a program, and for a person what the policy grants."
    )
    package var rights: [String] = []

    @Option(
        name: .customLong("service"), help: "A service it may touch, as a glob; repeatable. All when none is named.")
    package var services: [String] = []

    @Option(help: "How many days it lives, 1 to 366.")
    package var days = 90

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard (1...366).contains(days) else { throw ValidationError("--days must be from 1 to 366") }
        _ = try named()
    }

    private func named() throws -> [Right] {
        if rights.isEmpty { return automation ? [.start] : Right.allCases.sorted() }
        return try rights.map { word in
            guard let right = Right(rawValue: word) else {
                let known = Right.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no right '\(word)'; one of \(known)")
            }
            return right
        }
    }

    package func run() async throws {
        let order = ControlOrder.createToken(
            person: person, isAutomation: automation, rights: try named(), services: services,
            lifetime: .seconds(days * 86_400))
        let reply = try await Connection.use(options) { client in try await client.order(order) }
        let output = Output(options.look)
        if options.look.json {
            output.print(reply.json)
        } else {
            output.print(StyledLine(reply.secret ?? ""))
            Output.complain("\(reply.message), for \(days) days; it is not shown again")
        }
    }
}
