import Foundation
import GRDB
import TminusModel
import TminusPorts

/// A run's rows as one connection sees them.
struct StoredEvents {
    let db: Database
    /// False in a backup that was made before runs could be pruned.
    var knowsPruned = true
    /// False in one made before long lines stood apart.
    var knowsLongLines = true

    /// Where the run's index says its journal ends. - Throws: `.unknownRun`, `.pruned`.
    func index(_ run: String) throws -> (version: Int, head: Data) {
        if knowsPruned, try isPruned(run) {
            throw StoreError(
                .pruned, "\(run) was pruned: tminus audit list says when and by whom, and the last hash it had")
        }
        let statement = try db.cachedStatement(sql: "SELECT version, head FROM runs WHERE run = ?")
        guard let row = try Row.fetchOne(statement, arguments: [run]) else {
            throw StoreError(.unknownRun, "there is no run \(run); tminus run list shows all")
        }
        return (row[0], row[1])
    }

    private func isPruned(_ run: String) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pruned WHERE run = ?)")
        return try Bool.fetchOne(statement, arguments: [run]) == true
    }

    /// Calls `each` with sequence, line and hash, oldest first.
    func rows(
        of run: String, after sequence: Int, limit: Int, each: (Int, String, Data) throws -> Void
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, \(knowsLongLines ? Self.wholeLine : "line"), hash FROM events
                WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?
                """)
        let rows = try Row.fetchCursor(statement, arguments: [run, max(0, sequence), max(0, limit)])
        while let row = try rows.next() {
            guard let line = row[1] as String? else {
                throw StoreError(
                    .corrupt, "event \(row[0] as Int) of run \(run) has no line: the journal was changed or damaged")
            }
            try each(row[0], line, row[2])
        }
    }

    /// NULL where a long line is missing.
    private static let wholeLine = """
        CASE line WHEN '' THEN (
            SELECT long_lines.line FROM long_lines
            WHERE long_lines.run = events.run AND long_lines.sequence = events.sequence
        ) ELSE line END
        """

    /// A walk that has arrived at `sequence`, or at the end when that is past it.
    func walk(_ run: String, after sequence: Int) throws -> ChainWalk {
        let last = min(max(0, sequence), try index(run).version)
        guard last > 0 else { return ChainWalk(run: run, after: 0, hash: EventChain.start) }
        let statement = try db.cachedStatement(sql: "SELECT hash FROM events WHERE run = ? AND sequence = ?")
        guard let hash = try Data.fetchOne(statement, arguments: [run, last]) else {
            throw StoreError(.corrupt, "event \(last) of run \(run) is missing: the journal was changed or damaged")
        }
        return ChainWalk(run: run, after: last, hash: hash)
    }

    func finish(_ walk: ChainWalk) throws {
        let (version, head) = try index(walk.run)
        try walk.finish(version: version, head: head)
    }

    /// Checks the whole chain of a run.
    func verify(_ run: String) throws {
        var walk = try walk(run, after: 0)
        try rows(of: run, after: 0, limit: .max) { sequence, line, hash in
            try walk.take(sequence: sequence, line: line, hash: hash)
            if sequence == 1 { _ = try submission(line, of: run) }
        }
        try finish(walk)
    }

    /// What submitted the run. The first event names its run: a chain moved from one run to another is found by that.
    func submission(_ line: String, of run: String) throws -> Submission {
        guard case .runSubmitted(let submission) = try event(line, nil, of: run).body, submission.run == run else {
            throw StoreError(.corrupt, "event 1 of run \(run) does not submit that run: the journal was changed")
        }
        return submission
    }

    func event(_ line: String, _ names: StepNames?, of run: String) throws -> Event {
        do {
            return try Event(json: JSON(parsing: line), names: names)
        } catch let fault as CodingFault {
            let code: StoreError.Code = fault.isTooNew ? .newerSchema : .corrupt
            throw StoreError(code, "the journal of run \(run) can't be read: \(fault)")
        } catch {
            throw StoreError(.corrupt, "the journal of run \(run) can't be read: \(error)")
        }
    }
}
