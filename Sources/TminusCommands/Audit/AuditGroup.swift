package import ArgumentParser

package struct AuditGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who decided what, and whether the journals are as they were written.",
        subcommands: [ListAudit.self, VerifyAudit.self])

    package init() {}
}
