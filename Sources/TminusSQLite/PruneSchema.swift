/// What lets events go, and only those of runs that are over and noted as pruned.
enum PruneSchema {
    static let prune = """
        CREATE TABLE pruned (
            run TEXT PRIMARY KEY REFERENCES runs (run),
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER pruned_have_ended BEFORE INSERT ON pruned
            WHEN (SELECT ended FROM runs WHERE run = NEW.run) IS NULL
            BEGIN SELECT RAISE(ABORT, 'the run has not ended'); END;
        CREATE TRIGGER pruned_never_change BEFORE UPDATE ON pruned
            BEGIN SELECT RAISE(ABORT, 'what was pruned stays pruned'); END;
        CREATE TRIGGER pruned_stay BEFORE DELETE ON pruned
            BEGIN SELECT RAISE(ABORT, 'what was pruned stays pruned'); END;

        DROP TRIGGER events_stay;
        CREATE TRIGGER events_stay BEFORE DELETE ON events
            WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run = OLD.run)
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        DROP TRIGGER pages_stay;
        CREATE TRIGGER pages_stay BEFORE DELETE ON pages
            WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run = OLD.run)
            BEGIN SELECT RAISE(ABORT, 'pages are never deleted'); END;
        """
}
