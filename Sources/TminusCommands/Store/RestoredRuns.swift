import Glibc
import TminusEngine
import TminusModel
import TminusPorts
import TminusSQLite

/// Runs that were live when a backup was made, and are so again.
struct RestoredRuns {
    let directory: DataDirectory

    /// Of a run whose attempts left nothing here it must not seem that nothing was ever started: its folder says that
    /// it began at another time, as after a reboot, and the engine then asks what became of an attempt it can't find.
    ///
    /// - Throws: `StoreError` when the journal can't be read, `Failure` naming what can't be written.
    func mark() async throws {
        let journal = try SQLiteJournal(path: directory.journal, version: Version.current)
        let live: [RunSummary]
        do { live = try await journal.liveRuns() } catch {
            try? journal.close()
            throw error
        }
        try journal.close()
        for summary in live {
            let folder = "\(directory.runs)/\(summary.run)"
            guard access("\(folder)/boot", F_OK) != 0 else { continue }
            try DurableFile.make(folder)
            try DurableFile.write(Array("restored".utf8), to: "\(folder)/boot")
        }
    }
}
