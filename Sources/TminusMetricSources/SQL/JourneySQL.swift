import TminusModel

/// Counts user journeys, each once: in the interval in which it was decided.
///
/// A journey is decided when its last missing step succeeds, when a step fails, or, if abandoned journeys are bad,
/// when it has been open for too long; whichever is first. It is good when it was completed first, and every step and
/// the whole were within their limits.
struct JourneySQL {
    private(set) var sql = ""
    private(set) var parameters: [(name: String, value: CountSQL.Parameter)] = []

    init(_ journey: Counting.Journey, _ dialect: NamedSQL.Dialect) {
        parameters.append(("journey", .text(journey.name)))
        var names: [String] = []
        var completed: [String] = []
        var slow: [String] = []
        for (index, step) in journey.steps.enumerated() {
            parameters.append(("step\(index)", .text(step.name)))
            names.append(":step\(index)")
            completed.append("min(t) FILTER (WHERE step = :step\(index) AND ok)")
            guard let within = step.within else { continue }
            parameters.append(("within\(index)", .milliseconds(within.milliseconds)))
            slow.append("(step = :step\(index) AND (duration_ms IS NULL OR duration_ms > :within\(index)))")
        }
        if let within = journey.within { parameters.append(("within", .milliseconds(within.milliseconds))) }
        parameters.append(("abandoned", .seconds(Double(journey.abandonedAfter.milliseconds) / 1_000)))
        let isBad = journey.abandoned == .bad
        let first = Self.earliest(isBad ? ["failed", "completed", "expired"] : ["failed", "completed"], dialect)
        let reach = isBad ? Self.earlier("from", "abandoned", dialect) : CountSQL.bound("from", dialect)
        let whole = journey.within == nil ? "" : " AND (completed - began) * 1000 <= :within"
        let isSlow = "count(*) FILTER (WHERE \(slow.isEmpty ? "1 = 0" : slow.joined(separator: " OR ")))"
        sql = """
            WITH rows_of AS (
              SELECT journey_id, step, coalesce(success, FALSE) AS ok, duration_ms, \(CountSQL.seconds(dialect)) AS t
              FROM user_journey_logs
              WHERE service = :service AND journey_name = :journey AND (:arm = '' OR version = :arm)
              AND step IN (\(names.joined(separator: ", "))) AND at <= \(CountSQL.bound("to", dialect))
              AND journey_id IN (
                SELECT journey_id FROM user_journey_logs WHERE service = :service AND journey_name = :journey
                AND (:arm = '' OR version = :arm) AND at > \(reach) AND at <= \(CountSQL.bound("to", dialect)))
            ), journeys AS (
              SELECT min(t - coalesce(duration_ms, 0) / 1000.0) AS began,
              min(t) + :abandoned AS expired,
              min(t) FILTER (WHERE NOT ok) AS failed, \(Self.latest(completed, dialect)) AS completed,
              \(isSlow) AS slow
              FROM rows_of GROUP BY journey_id
            ), decided AS (SELECT *, \(first) AS decided_at FROM journeys)
            SELECT count(*) FILTER (
              WHERE completed <= decided_at AND (failed IS NULL OR failed > completed) AND slow = 0\(whole)
            ) AS good, count(*) AS total FROM decided WHERE decided_at > :from AND decided_at <= :to
            """
    }

    /// The latest of all, or NULL where one is missing.
    private static func latest(_ values: [String], _ dialect: NamedSQL.Dialect) -> String {
        guard values.count > 1 else { return values.first ?? "NULL" }
        // SQLite's max of several is NULL where one is; PostgreSQL's greatest passes over it.
        if dialect == .sqlite { return "max(\(values.joined(separator: ", ")))" }
        let isThere = values.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return "CASE WHEN \(isThere) THEN greatest(\(values.joined(separator: ", "))) END"
    }

    /// The earliest of those that are there.
    private static func earliest(_ names: [String], _ dialect: NamedSQL.Dialect) -> String {
        if dialect == .postgres { return "least(\(names.joined(separator: ", ")))" }
        let anywhere = names.map { name in
            "coalesce(\(([name] + names.filter { $0 != name }).joined(separator: ", ")))"
        }
        return "min(\(anywhere.joined(separator: ", ")))"
    }

    private static func earlier(_ name: String, _ by: String, _ dialect: NamedSQL.Dialect) -> String {
        dialect == .sqlite ? "(:\(name) - :\(by))" : "to_timestamp(:\(name) - :\(by))"
    }
}
