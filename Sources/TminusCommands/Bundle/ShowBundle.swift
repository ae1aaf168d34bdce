package import ArgumentParser
import TminusModel
import TminusReports

package struct ShowBundle: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what a rollback bundle would undo, once its signature is checked.",
        discussion: "Example: tminus bundle show ~/.local/state/tminus/bundles/checkout/production/checkout-12.bundle"
    )

    @OptionGroup package var signed: SignedFileOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() throws {
        let file = try BundleFile(signed.file, trusted: try signed.trusted(try options.dataDirectory()))
        let output = Output(options.look)
        if options.look.json { return output.print(file.bundle.json) }
        let record = file.bundle.record
        let release = RollbackProposal.Release(run: record.run, version: record.version, ended: record.ended)
        output.print(
            StyledLine("\(release.name) of \(record.service) in \(record.environment)", .strong).appending(
                ", \(record.outcome.rawValue) \(LocalTime.full(record.ended)), by \(file.bundle.by)"))
        guard let inverse = file.bundle.inverse else {
            return output.print(StyledLine("  nothing in it can be undone: \(file.bundle.refusal ?? "")", .caution))
        }
        var proposal = RollbackProposal(
            service: record.service, environment: record.environment, live: nil, waiting: [],
            undone: [
                RollbackProposal.Undone(
                    release: release, digest: inverse.digest, lines: inverse.lines, pivots: inverse.pivots)
            ], restored: nil)
        proposal.warnings = ["plan \(inverse.digest)", "\(file.files.count) files, each by its digest"]
        output.print(Array(RollbackScreen(proposal, clock: LocalTime.clock(at: LocalTime.now)).lines.dropLast()))
    }
}
