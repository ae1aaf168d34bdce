import Clibpq
import Glibc
import TminusModel
import TminusPorts

/// A parameter as libpq sends it: text, and the type it is of.
struct PostgresValue {
    var text: String
    var type: Oid

    init(_ parameter: CountSQL.Parameter) {
        switch parameter {
        case .seconds(let number): (text, type) = ("\(number)", 701)
        case .text(let text): (self.text, type) = (text, 25)
        case .milliseconds(let number): (text, type) = ("\(number)", 20)
        }
    }
}

/// One connection to PostgreSQL, read-only, in one transaction, with a deadline for all of it. Blocks.
final class PostgresLink {
    struct Row {
        var columns: [String]
        var values: [CountRow.Value]
    }

    private let pq: pq_functions
    private let link: OpaquePointer
    private let deadline: ContinuousClock.Instant
    private let timeout: Duration

    /// - Throws: `.unreachable`, `.refused` with what the server said, `.timeout`.
    init(_ connection: String, password: String?, timeout: Duration) throws(MetricError) {
        pq = try PostgresLibrary.functions()
        deadline = .now + timeout
        self.timeout = timeout
        let milliseconds = min(max(timeout.milliseconds, 1), 86_400_000)
        let seconds = min(milliseconds / 1_000 + 1, 86_400)
        var fields: [(String, String)] = [
            ("dbname", connection), ("application_name", "tminus"), ("client_encoding", "UTF8"),
            ("connect_timeout", "\(max(seconds, 2))"),
        ]
        if let password { fields.append(("password", password)) }
        let names = fields.map { strdup($0.0) }
        let values = fields.map { strdup($0.1) }
        defer { for text in names + values { free(text) } }
        let started = pq.PQconnectStartParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let started else { throw MetricError(.unreachable, "no memory for a connection") }
        link = started
        try connect()
        _ = try run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", [])
        _ = try run("SET LOCAL statement_timeout = \(milliseconds)", [])
    }

    deinit { pq.PQfinish(link) }

    private func connect() throws(MetricError) {
        guard pq.PQstatus(link) != CONNECTION_BAD else { throw failure(.unreachable) }
        var wanted = PGRES_POLLING_WRITING
        while true {
            if wanted == PGRES_POLLING_OK { return }
            guard wanted != PGRES_POLLING_FAILED else { throw failure(.unreachable) }
            try wait(for: wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            wanted = pq.PQconnectPoll(link)
        }
    }

    /// Waits until the socket is ready, or throws `.timeout`.
    private func wait(for event: Int32) throws(MetricError) {
        while true {
            let left = min((deadline - .now).milliseconds, Int64(Int32.max))
            guard left > 0 else {
                throw MetricError(.timeout, "no answer within \(timeout.releaseText)")
            }
            var item = pollfd(fd: pq.PQsocket(link), events: Int16(event), revents: 0)
            guard item.fd >= 0 else { throw failure(.unreachable) }
            let count = poll(&item, 1, Int32(left))
            if count > 0 { return }
            if count < 0, errno != EINTR {
                throw MetricError(.unreachable, "poll: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// The rows of one statement; of more than two, the first two.
    func rows(_ sql: String, _ values: [PostgresValue]) throws(MetricError) -> [Row] { try run(sql, values) }

    private func run(_ sql: String, _ values: [PostgresValue]) throws(MetricError) -> [Row] {
        let types = values.map(\.type)
        let texts = values.map { strdup($0.text) }
        defer { for text in texts { free(text) } }
        let sent = pq.PQsendQueryParams(
            link, sql, Int32(values.count), types, texts.map { UnsafePointer($0) }, nil, nil, 0)
        guard sent == 1, pq.PQsetSingleRowMode(link) == 1 else { throw failure(.unreachable) }
        var rows: [Row] = []
        while let result = try result() {
            defer { pq.PQclear(result) }
            let status = pq.PQresultStatus(result)
            switch status {
            case PGRES_SINGLE_TUPLE: rows.append(row(result))
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: throw refusal(result)
            }
            // More than one is wrong whatever they say; the connection is not used again.
            if rows.count > 1 { return rows }
        }
        return rows
    }

    private func result() throws(MetricError) -> OpaquePointer? {
        while pq.PQflush(link) == 1 { try wait(for: POLLOUT) }
        while pq.PQisBusy(link) == 1 {
            try wait(for: POLLIN)
            guard pq.PQconsumeInput(link) == 1 else { throw failure(.unreachable) }
        }
        return pq.PQgetResult(link)
    }

    private func row(_ result: OpaquePointer) -> Row {
        var row = Row(columns: [], values: [])
        for column in 0..<pq.PQnfields(result) {
            row.columns.append(pq.PQfname(result, column).map { String(cString: $0) } ?? "")
            row.values.append(value(result, column))
        }
        return row
    }

    private func value(_ result: OpaquePointer, _ column: Int32) -> CountRow.Value {
        guard pq.PQgetisnull(result, 0, column) == 0, let text = pq.PQgetvalue(result, 0, column) else { return .null }
        switch pq.PQftype(result, column) {
        // int8, int2, int4, float4, float8, numeric.
        case 20, 21, 23, 700, 701, 1700: return CountRow.Value(number: String(cString: text))
        case 25, 1043: return .other("text")
        case 16: return .other("boolean")
        case let type: return .other("number \(type)")
        }
    }

    private func failure(_ code: MetricError.Code) -> MetricError {
        MetricError(code, Self.sentence(pq.PQerrorMessage(link)))
    }

    private func refusal(_ result: OpaquePointer) -> MetricError {
        // query_canceled: the statement's own time limit.
        let isLate = pq.PQresultErrorField(result, Self.sqlState).map { String(cString: $0) == "57014" } ?? false
        return isLate
            ? MetricError(.timeout, "no answer within \(timeout.releaseText)")
            : MetricError(.refused, Self.sentence(pq.PQresultErrorMessage(result)))
    }

    /// PG_DIAG_SQLSTATE.
    private static let sqlState = Int32(UInt8(ascii: "C"))

    private static func sentence(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "no reason given" }
        let words = String(cString: text).split { $0.isWhitespace }.joined(separator: " ")
        return words.isEmpty ? "no reason given" : words.sentence(limit: 300)
    }
}
