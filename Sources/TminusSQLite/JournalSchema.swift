/// One numbered change of a database's schema. Released ones never change.
struct SchemaMigration {
    /// `001_…`; the number is its place in the list, from 1.
    let name: String
    let sql: String
}

/// The journal's tables. The rules a journal lives by stand in the database itself: whoever opens the file with another
/// program is held to them too.
enum JournalSchema {
    /// "TMNS": tells a journal from any other SQLite file.
    static let applicationID: Int64 = 0x544D_4E53

    static let migrations = [
        SchemaMigration(name: "001_journal", sql: runs + events + pages),
        SchemaMigration(name: "002_control", sql: ControlSchema.control + ControlSchema.releases),
        SchemaMigration(name: "003_prune", sql: PruneSchema.prune),
        SchemaMigration(name: "004_long_lines", sql: LongLineSchema.longLines),
    ]

    private static let runs = """
        CREATE TABLE runs (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL UNIQUE,
            pipeline TEXT NOT NULL,
            service TEXT NOT NULL,
            environment TEXT NOT NULL,
            person TEXT NOT NULL,
            submitted INTEGER NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 0),
            head BLOB NOT NULL CHECK (length(head) = 32),
            status TEXT NOT NULL,
            ended INTEGER,
            headline TEXT NOT NULL,
            CHECK ((ended IS NULL) = (status IN ('running', 'waiting', 'paused', 'rollingBack')))
        ) STRICT;
        CREATE INDEX runs_of_pipeline ON runs (pipeline);
        CREATE INDEX runs_live ON runs (position) WHERE ended IS NULL;
        CREATE TRIGGER runs_are_new BEFORE INSERT ON runs
            WHEN EXISTS (SELECT 1 FROM runs WHERE run = NEW.run OR position = NEW.position)
            BEGIN SELECT RAISE(ABORT, 'the run exists'); END;
        CREATE TRIGGER runs_ended_are_final BEFORE UPDATE ON runs
            WHEN OLD.ended IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the run has ended'); END;
        CREATE TRIGGER runs_stay_themselves
            BEFORE UPDATE OF position, run, pipeline, service, environment, person, submitted ON runs
            BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;
        CREATE TRIGGER runs_stay BEFORE DELETE ON runs
            BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;

        """

    private static let events = """
        CREATE TABLE events (
            run TEXT NOT NULL REFERENCES runs (run),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            at INTEGER NOT NULL,
            line TEXT NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            PRIMARY KEY (run, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER events_of_ended_runs_are_complete BEFORE INSERT ON events
            WHEN (SELECT ended FROM runs WHERE run = NEW.run) IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the run has ended'); END;
        CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
            WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM events WHERE run = NEW.run), 0)
            BEGIN SELECT RAISE(ABORT, 'events are appended one after the other'); END;
        CREATE TRIGGER events_never_change BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER events_stay BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

        """

    private static let pages = """
        CREATE TABLE pages (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL REFERENCES runs (run),
            key TEXT NOT NULL,
            reason TEXT NOT NULL,
            raised INTEGER NOT NULL,
            tried INTEGER NOT NULL CHECK (tried >= 0),
            state TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'givenUp')),
            due INTEGER NOT NULL,
            UNIQUE (run, key)
        ) STRICT;
        CREATE INDEX pages_due ON pages (number) WHERE state = 'due';
        CREATE TRIGGER pages_settled_are_final BEFORE UPDATE ON pages
            WHEN OLD.state <> 'due'
            BEGIN SELECT RAISE(ABORT, 'the page is settled'); END;
        CREATE TRIGGER pages_stay BEFORE DELETE ON pages
            BEGIN SELECT RAISE(ABORT, 'pages are never deleted'); END;
        """
}
