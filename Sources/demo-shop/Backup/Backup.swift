import ArgumentParser
import Foundation

/// A backup with evidence.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Back up the database, restore the copy as a timed test, and write the evidence as JSON.",
        discussion: "Example: demo-shop backup --database shop.db --directory backups --second-directory backups2 "
            + "--attestation backup.json"
    )

    @Option(help: "The SQLite file; it may be in use.")
    var database: String

    @Option(help: "Where the backup goes.")
    var directory: String

    @Option(help: "Where the second copy goes; another disk, if there is one.")
    var secondDirectory: String

    @Option(help: "Where to write the evidence.")
    var attestation: String

    func run() async throws {
        let evidence = try DatabaseBackup(
            database: Self.absolute(database),
            folder: Self.absolute(directory),
            secondFolder: Self.absolute(secondDirectory)
        ).run()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try SmallFile(path: attestation).write(String(decoding: try encoder.encode(evidence), as: UTF8.self))
    }

    /// Evidence is read elsewhere, so the places in it must mean the same everywhere.
    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
