package import ArgumentParser
import TminusModel
import TminusReports

package struct VerifyBundle: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a rollback bundle: its signature, its plan and every file in it.",
        discussion: "Example: tminus bundle verify checkout-12.bundle --key engine.pub"
    )

    @OptionGroup package var signed: SignedFileOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() throws {
        let file = try BundleFile(signed.file, trusted: try signed.trusted(try options.dataDirectory()))
        let output = Output(options.look)
        let run = file.bundle.record.run
        if options.look.json {
            output.print(JSON.members(["run": .string(run), "verified": .bool(true)]))
        } else {
            output.print(StyledLine("\(signed.file) is whole, and signed by the key that is trusted: it undoes \(run)"))
        }
    }
}
