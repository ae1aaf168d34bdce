import TminusModel

/// Any migration tool by its commands. They see the step's environment, and `TMINUS_MIGRATE_UP_TO` when the pipeline
/// says where to stop (`TMINUS_MIGRATE_TO` for a revert; empty means everything).
struct CommandMigrations: MigrationTool {
    var statusCommand: Command
    var previewCommand: Command?
    var applyCommand: Command
    var revertCommand: Command?
    var kind: Migration.Kind
    var upTo: String?
    var surroundings: PerformanceSurroundings

    func status() throws(MigrationError) -> MigrationStatus {
        let result = try run(statusCommand, "status", code: .unreadable)
        guard !result.isOutputCut else { throw MigrationError(.unreadable, "status printed more than 1 MiB") }
        return try Self.status(result.output)
    }

    func preview() throws(MigrationError) -> [String] {
        guard let previewCommand else { return [] }
        let result = try run(previewCommand, "preview", code: .refused, logsOutput: true)
        guard kind == .expand, let problem = MigrationLint.contractProblem(in: SQLText(result.outputText)) else {
            return []
        }
        // A preview may be prose, so this is only a warning.
        return ["warning: line \(problem.line) of the preview: \(problem.reason)"]
    }

    func apply() throws(MigrationError) {
        _ = try run(applyCommand, "apply", code: .failed, logsOutput: true)
    }

    func revert(to target: String?) throws(MigrationError) {
        guard let revertCommand else { throw MigrationError(.refused, "no revert command is declared") }
        _ = try run(
            revertCommand, "revert", code: .failed, extra: ["TMINUS_MIGRATE_TO": target ?? ""], logsOutput: true
        )
    }

    /// Reads `{"current": "003", "pending": ["004"], "dirty": false}`; `current` may be null or missing, the others
    /// must be there.
    static func status(_ output: [UInt8]) throws(MigrationError) -> MigrationStatus {
        func wrong(_ reason: String) -> MigrationError {
            MigrationError(
                .unreadable,
                "status must print {\"current\": …, \"pending\": […], \"dirty\": …} as JSON: \(reason)"
            )
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: output)
        } catch {
            throw wrong(error.description)
        }
        guard value.members != nil else { throw wrong("it is not an object") }
        let current: String?
        switch value["current"] {
        case nil, .null: current = nil
        case .string(let text): current = text.isEmpty ? nil : text
        case .integer(let number): current = String(number)
        case .bool, .double, .array, .object: throw wrong("current is not a text")
        }
        guard let list = value["pending"]?.elements else { throw wrong("pending is not a list") }
        let pending = list.compactMap { item in item.text ?? item.integer.map { String($0) } }
        guard pending.count == list.count else { throw wrong("pending holds something that is not a text") }
        guard let isDirty = value["dirty"]?.bool else { throw wrong("dirty is not true or false") }
        return MigrationStatus(current: current, pending: pending, isDirty: isDirty)
    }

    private func run(
        _ command: Command, _ name: String, code: MigrationError.Code, extra: [String: String] = [:],
        logsOutput: Bool = false
    ) throws(MigrationError) -> ProcessRun.Result {
        var extra = extra
        if let upTo { extra["TMINUS_MIGRATE_UP_TO"] = upTo }
        let run = ProcessRun(
            argv: surroundings.resolve(argv: command.argv), surroundings: surroundings, extra: extra,
            logsOutput: logsOutput
        )
        let result: ProcessRun.Result
        do throws(ProcessRun.Failure) {
            result = try run.run()
        } catch {
            throw MigrationError(code, "\(name): \(error.reason)")
        }
        guard result.succeeded else { throw MigrationError(code, "\(name) failed with \(result.failure)") }
        return result
    }
}
