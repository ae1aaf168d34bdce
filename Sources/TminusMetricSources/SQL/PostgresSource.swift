import Dispatch
import TminusModel
import TminusPorts

/// Asks a PostgreSQL database: a connection of its own for each question, in one read-only transaction.
struct PostgresSource: Sendable {
    let connection: String
    let password: SecretReference.Source?

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        let query = try CountSQL(question, .postgres)
        let named = try query.named(.postgres, of: question)
        return try await ask(question.timeout) { (link) throws(MetricError) in
            var readings: [ArmReading] = []
            readings.reserveCapacity(question.slices)
            for index in 0..<question.slices {
                let (from, to) = (question.begin(index), question.begin(index + 1))
                let values = named.names.map { PostgresValue(query.value($0, from: from, to: to)) }
                let rows = try link.rows(named.text, values)
                var counts: [CountRow] = []
                for row in rows { counts.append(try CountRow(columns: row.columns, values: row.values)) }
                readings.append(CountRow.reading(counts, of: question.indicator))
            }
            return readings
        }
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? {
        let query = try CountSQL(question, .postgres)
        guard let oldest = query.oldest else { return nil }
        let named = try NamedSQL(oldest, .postgres, known: ["to", "service", "arm"])
        let values = named.names.map {
            PostgresValue(query.value($0, from: question.from, to: question.to))
        }
        let seconds = try await ask(question.timeout) { (link) throws(MetricError) -> Double? in
            guard let value = try link.rows(named.text, values).first?.values.first else { return nil }
            switch value {
            case .integer(let whole): return Double(whole)
            case .real(let real): return real
            case .null, .other: return nil
            }
        }
        return question.observed(since: seconds)
    }

    /// Runs `body` on a thread of its own, because libpq's calls block; the connection has a deadline, and is closed.
    private func ask<Answer: Sendable>(
        _ timeout: Duration, _ body: @escaping @Sendable (PostgresLink) throws(MetricError) -> Answer
    ) async throws(MetricError) -> Answer {
        let secret = try password.map { (source) throws(MetricError) in try AccessSecret.value(source) }
        let connection = connection
        let result: Result<Answer, MetricError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(MetricError) {
                    let link = try PostgresLink(connection, password: secret, timeout: timeout)
                    continuation.resume(returning: .success(try body(link)))
                } catch {
                    let text = error.description.hiding(secret)
                    continuation.resume(returning: .failure(MetricError(error.code, "PostgreSQL: \(text)")))
                }
            }
        }
        return try result.get()
    }
}
