package import ArgumentParser
import Glibc
import TminusAPI
import TminusModel
import TminusReports

package struct Logs: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Prints what a step wrote, secrets masked.",
        discussion: "Example: tminus logs checkout-12 promote --follow"
    )

    @OptionGroup package var target: RunArgument

    @Argument(help: "The step.")
    package var step: String

    @Option(name: .long, help: "Which attempt: 2, 1.3 (act 3 of a canary), rollback-1; the newest when left out.")
    package var attempt: String?

    @Flag(name: .shortAndLong, help: "Go on until the step has ended.")
    package var follow = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        // A terminal gets text that cannot act on it; a file gets every byte.
        let isTerminal = isatty(STDOUT_FILENO) == 1
        try await Connection.use(options) { client in
            let tail = LogTail(client: client, run: target.run, step: step, attempt: attempt)
            try await tail.read(follows: follow) { piece in
                if isTerminal {
                    Output.write(SafeText.lines(String(decoding: piece, as: UTF8.self)))
                } else {
                    Output.write(piece, to: STDOUT_FILENO)
                }
            }
        }
    }
}
