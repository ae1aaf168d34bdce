import TminusModel

/// Applies migrations, or says whether they are applied.
struct MigratePerformer {
    var migration: Migration
    var surroundings: PerformanceSurroundings

    private var tool: any MigrationTool {
        switch migration.tool {
        case .sqlite(let directory, let database):
            SQLiteMigrations(
                directory: surroundings.resolve(directory), database: surroundings.resolve(database),
                kind: migration.kind, upTo: migration.upTo, now: surroundings.now, log: surroundings.log
            )
        case .commands(let status, let preview, let apply, let revert):
            CommandMigrations(
                statusCommand: status, previewCommand: preview, applyCommand: apply, revertCommand: revert,
                kind: migration.kind, upTo: migration.upTo, surroundings: surroundings
            )
        }
    }

    /// Done when nothing is pending afterwards, by the tool's own word.
    func migrate() -> PerformanceOutcome {
        let tool = tool
        let before: MigrationStatus
        do throws(MigrationError) {
            before = try tool.status()
            if before.isDirty { return dirty(before, "nothing was changed") }
            guard !before.pending.isEmpty else {
                return outcome(.done, before, "nothing is pending; the schema is at \(before.name)")
            }
            for line in try tool.preview() { surroundings.log(line) }
        } catch {
            return PerformanceOutcome(.no, "\(error.reason) (nothing was changed)")
        }
        do throws(MigrationError) {
            try tool.apply()
        } catch {
            return afterFailure(error, tool: tool)
        }
        return afterApply(before, tool: tool)
    }

    func status() -> PerformanceOutcome {
        do throws(MigrationError) {
            let status = try tool.status()
            if status.isDirty { return dirty(status, "resolve it before anything else") }
            if status.pending.isEmpty { return outcome(.done, status, "applied; the schema is at \(status.name)") }
            return outcome(.notDone, status, "not applied: \(status.pending.joined(separator: ", ")) pending")
        } catch {
            return PerformanceOutcome(.no, "can't tell: \(error.reason)")
        }
    }

    private func afterApply(_ before: MigrationStatus, tool: any MigrationTool) -> PerformanceOutcome {
        let after: MigrationStatus
        do throws(MigrationError) {
            after = try tool.status()
        } catch {
            return PerformanceOutcome(.halfApplied, "applied, but its state can't be read again: \(error.reason)")
        }
        if after.isDirty { return dirty(after, "applying it left it so") }
        guard after.pending.isEmpty else {
            return outcome(
                .no, after,
                "it reported success, but \(after.pending.joined(separator: ", ")) is still pending; do not trust it"
            )
        }
        return outcome(
            .done, after, "applied \(before.pending.joined(separator: ", ")); the schema is at \(after.name)"
        )
    }

    private func afterFailure(_ error: MigrationError, tool: any MigrationTool) -> PerformanceOutcome {
        do throws(MigrationError) {
            let after = try tool.status()
            if after.isDirty { return dirty(after, error.reason) }
            return outcome(.no, after, "\(error.reason); the schema is clean, at \(after.name)")
        } catch let second {
            return PerformanceOutcome(
                .halfApplied, "\(error.reason); and its state can't be read: \(second.reason)"
            )
        }
    }

    private func dirty(_ status: MigrationStatus, _ more: String) -> PerformanceOutcome {
        outcome(
            .halfApplied, status,
            "the schema is half applied (dirty) at \(status.name): \(more); repair it by hand, clear the mark, "
                + "then `tminus resolve`"
        )
    }

    private func outcome(
        _ code: PerformanceOutcome.Code, _ status: MigrationStatus, _ reason: String
    ) -> PerformanceOutcome {
        let outputs = [
            Variable(name: "current", value: Sentence.cut(status.current ?? "")),
            Variable(name: "pending", value: String(status.pending.count)),
        ]
        return PerformanceOutcome(code, reason, outputs: outputs)
    }
}

extension MigrationStatus {
    /// The current version for people.
    var name: String { current ?? "nothing" }
}
