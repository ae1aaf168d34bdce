import GRDB
import TminusModel
import TminusPorts

/// Asks a SQLite file, opened read-only for each question.
struct SQLiteSource: Sendable {
    let path: String

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        let query = try CountSQL(question, .sqlite)
        let named = try query.named(.sqlite, of: question)
        let check = query.check
        return try await read(question.timeout) { database in
            try Self.checkTimes(check, database)
            let statement = try Self.statement(named.text, database)
            return try (0..<question.slices).map { index in
                let (from, to) = (question.begin(index), question.begin(index + 1))
                let values = named.names.map { query.value($0, from: from, to: to).databaseValue }
                return CountRow.reading(
                    try Self.rows(statement, values, query: named.text), of: question.indicator)
            }
        }
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? {
        let query = try CountSQL(question, .sqlite)
        guard let oldest = query.oldest else { return nil }
        let named = try NamedSQL(oldest, .sqlite, known: ["to", "service", "arm"])
        let values = named.names.map { query.value($0, from: question.from, to: question.to).databaseValue }
        let check = query.check
        let seconds = try await read(question.timeout) { database in
            try Self.checkTimes(check, database)
            return try Double.fetchOne(
                try Self.statement(named.text, database), arguments: StatementArguments(values))
        }
        return question.observed(since: seconds)
    }

    /// One read transaction, so that all slices see the same rows; interrupted when the time is over.
    private func read<Answer: Sendable>(
        _ timeout: Duration, _ body: @escaping @Sendable (Database) throws -> Answer
    ) async throws(MetricError) -> Answer {
        let path = path
        do {
            return try await withinTime(timeout) {
                var configuration = Configuration()
                configuration.readonly = true
                configuration.label = "metrics"
                configuration.busyMode = .timeout(Double(timeout.milliseconds) / 1_000)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                defer { try? queue.close() }
                return try await queue.read(body)
            }
        } catch let error as MetricError {
            throw MetricError(error.code, "\(path): \(error.description)")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw MetricError(.timeout, "\(path): no answer within \(timeout.releaseText)")
        } catch let error as DatabaseError {
            let code: MetricError.Code = error.resultCode == .SQLITE_CANTOPEN ? .unreachable : .refused
            throw MetricError(code, "\(path): \((error.message ?? "SQLite says \(error.resultCode)").sentence())")
        } catch is CancellationError {
            throw MetricError(.timeout, "\(path): no answer within \(timeout.releaseText)")
        } catch {
            throw MetricError(.unreachable, "\(path): \("\(error)".sentence())")
        }
    }

    private static func checkTimes(_ check: String?, _ database: Database) throws {
        guard let check, let kind = try String.fetchOne(database, sql: check) else { return }
        throw MetricError(
            .malformed, "the column at holds \(kind); it must hold seconds since 1970, as numbers")
    }

    private static func statement(_ sql: String, _ database: Database) throws -> Statement {
        let statement = try database.makeStatement(sql: sql)
        guard statement.isReadonly else { throw MetricError(.refused, "the SQL would write; only SELECT is asked") }
        guard statement.columnCount > 0 else { throw MetricError(.refused, "the SQL answers nothing; it must SELECT") }
        return statement
    }

    /// At most two rows are looked at.
    private static func rows(
        _ statement: Statement, _ values: [DatabaseValue], query: String
    ) throws -> [CountRow] {
        var rows: [CountRow] = []
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values))
        while rows.count < 2, let row = try cursor.next() {
            let columns = Array(row.columnNames)
            let found = row.databaseValues.map { CountRow.Value($0) }
            rows.append(try CountRow(columns: columns, values: Array(found)))
        }
        return rows
    }
}

extension CountRow.Value {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string: self = .other("text")
        case .blob: self = .other("blob")
        }
    }
}

extension CountSQL.Parameter {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .seconds(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .milliseconds(let number): number.databaseValue
        }
    }
}

extension CountQuestion {
    /// How much of the time asked lies after the oldest row, at `seconds` since 1970; nothing without one.
    func observed(since seconds: Double?) -> Duration {
        guard let seconds, seconds.isFinite, abs(seconds) < 1e12 else { return .zero }
        let oldest = Instant(millisecondsSinceEpoch: Int64((seconds * 1_000).rounded()))
        return max(min(to.since(oldest), span), .zero)
    }
}
