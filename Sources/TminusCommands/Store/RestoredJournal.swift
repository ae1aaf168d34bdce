import Glibc
import TminusEngine
import TminusModel
import TminusPorts
import TminusSQLite

/// A journal that came from a backup, and what is owed before an engine may go on with it.
///
/// The journal itself says that something is owed, from the moment it is in its place: whoever opens it next pays,
/// the restore or, when that was killed, the engine. Paying twice changes nothing. The caller holds the engine's lock.
struct RestoredJournal {
    let directory: DataDirectory
    let journal: SQLiteJournal

    /// - Throws: `StoreError` when the journal can't be read, `Failure` naming what can't be written.
    func settle() async throws {
        guard let enclosed = try await journal.owed() else { return }
        try await markLiveRuns()
        try await directory.alerts.restore(enclosed)
        try await journal.settleRestore()
    }

    /// Of a run whose attempts left nothing here it must not seem that nothing was ever started: its folder says that
    /// it began at another time, as after a reboot, and the engine then asks what became of an attempt it can't find.
    private func markLiveRuns() async throws {
        let live = try await journal.liveRuns()
        if live.isEmpty { return }
        for summary in live {
            let folder = "\(directory.runs)/\(summary.run)"
            try DurableFile.make(folder)
            if access("\(folder)/boot", F_OK) != 0 {
                try DurableFile.write(Array("restored".utf8), to: "\(folder)/boot")
            }
            // It may be there since a moment ago only, of a settling that was killed.
            try DurableFile.sync(folder)
        }
        try DurableFile.sync(directory.runs)
        try DurableFile.sync(directory.path)
    }
}
