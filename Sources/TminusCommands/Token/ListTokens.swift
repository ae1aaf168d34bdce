package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct ListTokens: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the tokens that were made and not revoked.",
        discussion: "Example: tminus token list")

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let reply = try await Connection.use(options) { client in try await client.tokens() }
        let output = Output(options.look)
        if options.look.json { return output.print(reply) }
        let tokens = reply["tokens"]?.elements ?? []
        if tokens.isEmpty { return Output.complain("there are no tokens; tminus token create makes one") }
        let now = LocalTime.now
        for token in tokens {
            let rights = token["rights"]?.elements?.compactMap(\.text).joined(separator: " ") ?? ""
            let services = token["services"]?.elements?.compactMap(\.text).joined(separator: " ") ?? ""
            let expires = Instant(millisecondsSinceEpoch: token["expiresMilliseconds"]?.integer ?? 0)
            let when = expires <= now ? "expired" : "for \(expires.since(now).releaseText)"
            let kind = token["isAutomation"]?.bool == true ? "program" : "person"
            let scope = services.isEmpty ? "all services" : services
            output.print(
                StyledLine(
                    "\(token["name"]?.text ?? "?")  \(token["person"]?.text ?? "?") (\(kind))  \(rights)  \(scope)  "
                        + when))
        }
    }
}
