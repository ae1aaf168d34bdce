package import ArgumentParser
import TminusEngine
import TminusModel
import TminusPorts
import TminusReports
import TminusSQLite

package struct StoreRestore: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a backup in the journal's place; the old journal stays beside it. No engine may run.",
        discussion: "Example: tminus store restore /srv/backups/tminus-2026-11-20.sqlite"
    )

    @Argument(help: "The backup.", completion: .file())
    package var file: String

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        try directory.prepare()
        let lock = try EngineLock(directory, now: LocalTime.now)
        let runs: Int
        do throws(StoreError) {
            runs = try SQLiteJournal.restore(
                from: DataDirectory.absolute(file), to: directory.journal, version: Version.current)
        } catch {
            throw Failure(.failed, error.description)
        }
        do {
            let journal = try SQLiteJournal(path: directory.journal, version: Version.current)
            try await RestoredJournal(directory: directory, journal: journal).settle()
            try journal.close()
        } catch {
            throw Failure(
                .failed,
                "the journal is restored, and what belongs to it is not yet: \(error)\nthe engine that starts next "
                    + "does the rest, and starts nothing before it has")
        }
        withExtendedLifetime(lock) {}
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["runs": .integer(runs)]))
        } else {
            output.print(StyledLine("restored \(runs) runs; the journal before is \(directory.journal).replaced"))
        }
    }
}
