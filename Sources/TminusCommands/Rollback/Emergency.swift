import Glibc

/// What stands in for a journal that is gone: `emergency/<n>` of the data directory, each with a journal of its own
/// until that is imported.
struct Emergency {
    let directory: DataDirectory

    private var root: String { directory.path + "/emergency" }

    /// The numbers there are, ascending.
    var numbers: [Int] { DurableFile.names(in: root).compactMap(Int.init).filter { $0 > 0 }.sorted() }

    /// Those whose runs are not in the journal proper yet.
    var open: [Int] { numbers.filter { !isImported($0) } }

    /// The one to go on with, or the next.
    var next: Int { open.last ?? (numbers.last ?? 0) + 1 }

    /// The data directory with this one's journal in the journal's place.
    func standIn(_ number: Int) -> DataDirectory {
        var standIn = directory
        standIn.emergency = number
        return standIn
    }

    func prepare(_ number: Int) throws(Failure) { try DurableFile.make("\(root)/\(number)") }

    func isImported(_ number: Int) -> Bool { access("\(root)/\(number)/imported", F_OK) == 0 }

    func markImported(_ number: Int) throws(Failure) { try DurableFile.write([], to: "\(root)/\(number)/imported") }
}

/// A data directory whose journal is gone must not silently begin a new history.
enum MissingJournal {
    /// - Throws: `.failed` with what to do, when there was a journal and it is not there, or nothing is left in it.
    static func check(_ directory: DataDirectory) throws(Failure) {
        guard let what = lost(directory.journal), hasTraces(directory) else { return }
        throw Failure(
            .failed,
            """
            \(directory.journal) \(what), and \(directory.path) has runs that were in it. Put it back, or restore a \
            backup: tminus store restore FILE. To go back to the last good release without it: tminus rollback \
            --service SERVICE --environment ENVIRONMENT. To begin a new journal and give up the old one: tminus serve \
            --new-journal
            """)
    }

    /// How a file is lost; nil when there is something in it. SQLite takes an empty one for a new one.
    static func lost(_ path: String) -> String? {
        var status = stat()
        if stat(path, &status) != 0 { return errno == ENOENT ? "is gone" : nil }
        return status.st_size == 0 ? "is empty" : nil
    }

    private static func hasTraces(_ directory: DataDirectory) -> Bool {
        !DurableFile.names(in: directory.runs).isEmpty || !DurableFile.names(in: directory.bundles).isEmpty
    }

    /// Puts the runs of the lost journal aside: their names are given anew, and what they left must prove nothing.
    static func giveUp(_ directory: DataDirectory, at milliseconds: Int64) throws(Failure) {
        let aside = "\(directory.path)/runs.lost-\(milliseconds)"
        for run in DurableFile.names(in: directory.runs) where !run.contains("-emergency-") {
            try DurableFile.make(aside)
            guard rename("\(directory.runs)/\(run)", "\(aside)/\(run)") == 0 else {
                throw Failure(.failed, "cannot move \(run) to \(aside): \(String(cString: strerror(errno)))")
            }
        }
    }
}
