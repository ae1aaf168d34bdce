/// The tables of what concerns more than one run.
enum ControlSchema {
    static let control = """
        CREATE TABLE control_events (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            at INTEGER NOT NULL,
            line TEXT NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE TRIGGER control_events_follow_each_other BEFORE INSERT ON control_events
            WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM control_events), 0)
            BEGIN SELECT RAISE(ABORT, 'events are appended one after the other'); END;
        CREATE TRIGGER control_events_never_change BEFORE UPDATE ON control_events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER control_events_stay BEFORE DELETE ON control_events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

        CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            sender TEXT NOT NULL,
            id TEXT NOT NULL,
            repository TEXT NOT NULL,
            tag TEXT NOT NULL,
            received INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('due', 'settled')),
            tried INTEGER NOT NULL CHECK (tried >= 0),
            due INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            UNIQUE (sender, id)
        ) STRICT;
        CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'due';
        CREATE INDEX deliveries_settled ON deliveries (received) WHERE state = 'settled';
        CREATE TRIGGER deliveries_settled_are_final BEFORE UPDATE ON deliveries
            WHEN OLD.state = 'settled'
            BEGIN SELECT RAISE(ABORT, 'the delivery is settled'); END;
        CREATE TRIGGER deliveries_due_stay BEFORE DELETE ON deliveries
            WHEN OLD.state = 'due'
            BEGIN SELECT RAISE(ABORT, 'the delivery is not settled'); END;

        """

    static let releases = """
        CREATE TABLE run_origins (
            repository TEXT NOT NULL,
            tag TEXT NOT NULL,
            object TEXT NOT NULL,
            pipeline TEXT NOT NULL,
            run TEXT NOT NULL UNIQUE REFERENCES runs (run),
            PRIMARY KEY (repository, tag, object, pipeline)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER run_origins_never_change BEFORE UPDATE ON run_origins
            BEGIN SELECT RAISE(ABORT, 'where a run came from never changes'); END;
        CREATE TRIGGER run_origins_stay BEFORE DELETE ON run_origins
            BEGIN SELECT RAISE(ABORT, 'where a run came from never changes'); END;

        CREATE TABLE releases (
            run TEXT PRIMARY KEY REFERENCES runs (run),
            service TEXT NOT NULL,
            environment TEXT NOT NULL,
            ended INTEGER NOT NULL,
            line TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX releases_of_target ON releases (service, environment, ended);
        CREATE INDEX releases_by_time ON releases (ended);
        """
}
