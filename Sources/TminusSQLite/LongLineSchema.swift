/// Where the longest lines stand: apart from the table of events. SQLite copies the whole of a row that is longer than
/// a page to compare its key with one written beside it, so a long plan would make every event near it dear.
enum LongLineSchema {
    /// Bytes of the longest line that stands in its event's row. Longer ones leave an empty one there, which no event
    /// has.
    static let bytesMax = 3_000

    static let longLines = """
        CREATE TABLE long_lines (
            run TEXT NOT NULL REFERENCES runs (run),
            sequence INTEGER NOT NULL,
            line TEXT NOT NULL CHECK (line <> ''),
            PRIMARY KEY (run, sequence)
        ) STRICT;

        DROP TRIGGER events_never_change;
        INSERT INTO long_lines
            SELECT run, sequence, line FROM events WHERE length(CAST(line AS BLOB)) > 3000;
        UPDATE events SET line = '' WHERE (run, sequence) IN (SELECT run, sequence FROM long_lines);
        CREATE TRIGGER events_never_change BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER events_take_their_lines AFTER DELETE ON events WHEN OLD.line = ''
            BEGIN DELETE FROM long_lines WHERE run = OLD.run AND sequence = OLD.sequence; END;

        CREATE TRIGGER long_lines_have_events BEFORE INSERT ON long_lines
            WHEN (SELECT line FROM events WHERE run = NEW.run AND sequence = NEW.sequence) IS NOT ''
            BEGIN SELECT RAISE(ABORT, 'a long line belongs to an event without one'); END;
        CREATE TRIGGER long_lines_are_new BEFORE INSERT ON long_lines
            WHEN EXISTS (SELECT 1 FROM long_lines WHERE run = NEW.run AND sequence = NEW.sequence)
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER long_lines_never_change BEFORE UPDATE ON long_lines
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER long_lines_stay BEFORE DELETE ON long_lines
            WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run = OLD.run)
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        """
}
