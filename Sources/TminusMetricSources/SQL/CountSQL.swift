import TminusModel
import TminusPorts

/// The SQL that counts one indicator, with what its parameters stand for.
struct CountSQL: Sendable {
    enum Parameter: Equatable, Sendable {
        case seconds(Double)
        case text(String)
        case milliseconds(Int64)
    }

    var sql: String
    /// Besides `:from` and `:to`.
    var parameters: [(name: String, value: Parameter)]
    /// Tells the time of the oldest row, in seconds since 1970; nil when that can't be known.
    var oldest: String?
    /// Refuses a column of the wrong kind; nil needs no look.
    var check: String?

    /// - Throws: `.refused` for what SQL can't answer.
    init(_ question: CountQuestion, _ dialect: NamedSQL.Dialect) throws(MetricError) {
        parameters = [("service", .text(question.service)), ("arm", .text(question.arm))]
        switch question.indicator.counting {
        case .sql(let text):
            sql = text
        case .requestLogs(let logs):
            sql = Self.requests(logs, dialect)
            if let threshold = logs.threshold { parameters.append(("within", .milliseconds(threshold.milliseconds))) }
            oldest = Self.oldest("request_logs", dialect)
            if dialect == .sqlite { check = Self.check("request_logs") }
        case .journey(let journey):
            let built = JourneySQL(journey, dialect)
            sql = built.sql
            parameters += built.parameters
            oldest = Self.oldest("user_journey_logs", dialect)
            if dialect == .sqlite { check = Self.check("user_journey_logs") }
        case .counters, .failures, .latency, .promQL, .document, .asked:
            throw MetricError(
                .refused,
                "\(question.indicator.name) is not counted in a way that a database can answer; "
                    + "name sql, requestLogs or journey")
        }
    }

    /// - Throws: `.refused` also when an arm is asked for that the text can't tell apart.
    func named(_ dialect: NamedSQL.Dialect, of question: CountQuestion) throws(MetricError) -> NamedSQL {
        let named = try NamedSQL(sql, dialect, known: known)
        guard question.arm.isEmpty || named.names.contains("arm") else {
            throw MetricError(
                .refused,
                "the SQL of \(question.indicator.name) does not name :arm, so the two versions can't be told apart")
        }
        return named
    }

    private var known: [String] { ["from", "to"] + parameters.map(\.name) }

    func value(_ name: String, from: Instant, to: Instant) -> Parameter {
        switch name {
        case "from": return .seconds(from.seconds)
        case "to": return .seconds(to.seconds)
        default: return parameters.first { $0.name == name }?.value ?? .text("")
        }
    }

    /// `at` as seconds since 1970.
    static func seconds(_ dialect: NamedSQL.Dialect) -> String {
        dialect == .sqlite ? "at" : "extract(epoch FROM at)::float8"
    }

    /// A bound that `at` itself is compared with, so that an index on it is of use.
    static func bound(_ name: String, _ dialect: NamedSQL.Dialect) -> String {
        dialect == .sqlite ? ":\(name)" : "to_timestamp(:\(name))"
    }

    private static func requests(_ logs: Counting.RequestLogs, _ dialect: NamedSQL.Dialect) -> String {
        var good = "status < 500"
        var valid = ""
        if logs.threshold != nil {
            good = logs.countsFailures ? "status < 500 AND duration_ms <= :within" : "duration_ms <= :within"
            if !logs.countsFailures { valid = " AND status < 500" }
        }
        return """
            SELECT count(*) FILTER (WHERE \(good)) AS good, count(*) AS total FROM request_logs
            WHERE service = :service AND at > \(bound("from", dialect)) AND at <= \(bound("to", dialect))
            AND (:arm = '' OR version = :arm)\(valid)
            """
    }

    private static func oldest(_ table: String, _ dialect: NamedSQL.Dialect) -> String {
        "SELECT min(\(seconds(dialect))) AS oldest FROM \(table) WHERE service = :service "
            + "AND at <= \(bound("to", dialect)) AND (:arm = '' OR version = :arm)"
    }

    /// SQLite compares text and numbers without a word: times as text would be in no interval at all.
    private static func check(_ table: String) -> String {
        "SELECT typeof(at) AS kind FROM \(table) WHERE typeof(at) NOT IN ('integer', 'real') LIMIT 1"
    }
}

extension Instant {
    /// Since 1970.
    var seconds: Double { Double(millisecondsSinceEpoch) / 1_000 }
}
