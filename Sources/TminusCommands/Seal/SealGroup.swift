package import ArgumentParser
import TminusModel
import TminusReports

package struct SealGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Looks at seals: what stood when a phase such as T-1 was done, signed by the engine.",
        subcommands: [ShowSeal.self, VerifySeal.self]
    )

    package init() {}
}

package struct ShowSeal: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what a phase was sealed with, once its signature is checked.",
        discussion: "Example: tminus seal show ~/.local/state/tminus/seals/checkout-12.T-1.seal"
    )

    @OptionGroup package var signed: SignedFileOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() throws {
        let seal = try SealFile(signed.file, trusted: try signed.trusted(try options.dataDirectory())).seal
        let output = Output(options.look)
        if options.look.json { return output.print(seal.json) }
        output.print(
            StyledLine("\(seal.phase) of \(seal.run)", .strong).appending(", sealed \(LocalTime.full(seal.sealed))"))
        output.print(StyledLine("  plan \(seal.digest), \(seal.plan.files.count) files by digest"))
        for input in seal.plan.inputs { output.print(StyledLine("  \(input.name) = \(input.value)")) }
        if let source = seal.plan.source {
            output.print(StyledLine("  tag \(source.tag) of \(source.repository), commit \(source.commit)"))
        }
        let now = LocalTime.now
        for item in seal.evidence {
            var line = StyledLine("  \(item.step): \(item.status)")
            if let ended = item.ended { line.append(" \(LocalTime.full(ended))", .faint) }
            if let until = item.validUntil {
                let isStale = until <= now
                line.append(
                    isStale ? "  stale since \(LocalTime.full(until))" : "  counts until \(LocalTime.full(until))",
                    isStale ? .bad : .plain)
            }
            output.print(line)
        }
        for approval in seal.approvals {
            let until = approval.validUntil.map { ", counts until \(LocalTime.full($0))" } ?? ""
            output.print(
                StyledLine("  \(approval.step): approved by \(approval.by), \(LocalTime.full(approval.at))\(until)"))
        }
    }
}

package struct VerifySeal: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Checks a seal: its signature and plan, and whether its evidence still counts; 1 names what is stale.",
        discussion: "Example: tminus seal verify checkout-12.T-1.seal --key engine.pub"
    )

    @OptionGroup package var signed: SignedFileOptions
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() throws {
        let seal = try SealFile(signed.file, trusted: try signed.trusted(try options.dataDirectory())).seal
        let stale = seal.stale(at: LocalTime.now)
        let output = Output(options.look)
        if options.look.json {
            output.print(
                JSON.members(["run": .string(seal.run), "verified": .bool(true), "stale": .strings(stale)]))
        } else {
            output.print(StyledLine("\(signed.file) is whole, and signed by the key that is trusted"))
        }
        guard stale.isEmpty else {
            throw Failure(
                .failed,
                "too old by now, and to be asked again: \(stale.joined(separator: ", ")) "
                    + "(the engine does so before the next phase starts)")
        }
    }
}
