import CountConformance
import Foundation
import GRDB
import RawHTTP
import TminusModel
import TminusPorts

@testable import TminusMetricSources

/// Prometheus' shapes, byte for byte.
struct PrometheusBench: CountBench {
    var source: any CountSource { OriginSource(environment: plainEnvironment) }

    func question(about observation: Observation) async throws -> CountQuestion? {
        let hundred = PromBodies.sum("100")
        func with(_ good: String, _ total: String = hundred) throws -> CountQuestion {
            .about(try PromImitation(good: good, total: total).origin)
        }
        switch observation {
        // `increase` extrapolates, so that counts are never whole.
        case .counted: return try with(PromBodies.sum("90.2"), PromBodies.sum("99.7"))
        case .noTraffic: return try with(PromBodies.sum("NaN"), PromBodies.sum("NaN"))
        case .nothing: return try with(PromBodies.empty, PromBodies.empty)
        case .goodMissing: return try with(PromBodies.empty)
        case .failuresMissing:
            return .about(try PromImitation(good: PromBodies.empty, total: hundred).origin, failureIndicator)
        case .warned: return try with(PromBodies.sum("90", warnings: ["a store did not answer"]))
        case .unreachable:
            let url = try RawServer.refusingURL().replacing("/metrics", with: "")
            return .about(.prometheus(url: url, armLabel: nil, access: nil))
        case .refused:
            let server = try RawServer {
                $0.answer("422 Unprocessable", body: PromBodies.error("execution", "too many samples"))
            }
            return .about(.prometheus(url: server.base, armLabel: nil, access: nil))
        case .late:
            let server = try RawServer { $0.waitForLeaving() }
            return .about(.prometheus(url: server.base, armLabel: nil, access: nil), timeout: .milliseconds(300))
        case .twofold: return try with(PromBodies.two)
        case .notANumber: return try with(PromBodies.sum("NaN"))
        case .infinite: return try with(PromBodies.sum("+Inf"))
        case .negative: return try with(PromBodies.sum("-1"))
        case .tooGood: return try with(PromBodies.sum("101"))
        case .text: return try with(PromBodies.sum("many"))
        case .cut: return try with(String(PromBodies.sum("90").dropLast(3)))
        case .unknownArm: return .about(.prometheus(url: "http://127.0.0.1:1", armLabel: nil, access: nil), arm: "v2")
        }
    }
}

/// One document, over HTTP.
struct JSONBench: CountBench {
    static let indicator = Indicator(
        name: "availability", counting: .document(good: "/counts/good", total: "/counts/total"))

    var source: any CountSource { OriginSource(environment: plainEnvironment) }

    static func body(_ observation: Observation) -> String? {
        switch observation {
        case .counted: #"{"counts":{"good":90,"total":100}}"#
        case .noTraffic: #"{"counts":{"good":0,"total":0}}"#
        case .nothing: #"{"counts":{}}"#
        case .goodMissing: #"{"counts":{"good":null,"total":100}}"#
        case .warned: #"{"counts":{"good":90,"total":100},"warnings":["a shard is down"]}"#
        case .twofold: #"{"counts":{"good":90,"good":90,"total":100}}"#
        case .notANumber: #"{"counts":{"good":NaN,"total":100}}"#
        case .infinite: #"{"counts":{"good":90,"total":1e999}}"#
        case .negative: #"{"counts":{"good":-1,"total":100}}"#
        case .tooGood: #"{"counts":{"good":101,"total":100}}"#
        case .text: #"{"counts":{"good":"90","total":"100"}}"#
        case .cut: #"{"counts":{"good":90,"total":10"#
        case .failuresMissing, .unreachable, .refused, .late, .unknownArm: nil
        }
    }

    func question(about observation: Observation) async throws -> CountQuestion? {
        if let body = Self.body(observation) {
            return .about(.json(url: try RawServer { $0.answer(body: body) }.url, access: nil), Self.indicator)
        }
        switch observation {
        case .unreachable: return .about(.json(url: try RawServer.refusingURL(), access: nil), Self.indicator)
        case .refused:
            let server = try RawServer { $0.answer("500 No", body: #"{"counts":{"good":90,"total":100}}"#) }
            return .about(.json(url: server.url, access: nil), Self.indicator)
        case .late:
            let server = try RawServer { $0.waitForLeaving() }
            return .about(.json(url: server.url, access: nil), Self.indicator, timeout: .milliseconds(300))
        // It counts what is good, and it is asked for an arm by name: whether it knows it is its own affair.
        default: return nil
        }
    }
}

/// The same document, printed.
struct CommandBench: CountBench {
    var source: any CountSource { OriginSource(environment: plainEnvironment) }

    private func run(_ argv: [String], timeout: Duration = .seconds(20)) -> CountQuestion {
        .about(.command(Command(argv: argv)), JSONBench.indicator, timeout: timeout)
    }

    func question(about observation: Observation) async throws -> CountQuestion? {
        if let body = JSONBench.body(observation) { return run(["printf", "%s", body]) }
        switch observation {
        case .unreachable: return run(["/nowhere/counts"])
        case .refused: return run(["sh", "-c", #"echo '{"counts":{"good":90,"total":100}}'; echo no >&2; exit 3"#])
        case .late: return run(["sh", "-c", "sleep 600 & sleep 600"], timeout: .milliseconds(300))
        default: return nil
        }
    }
}

/// A file of requests, and SQL of one's own where the ready queries can't go wrong.
struct SQLiteBench: CountBench {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "counts-\(UUID().uuidString).db"
        let queue = try DatabaseQueue(path: path)
        try queue.write { try RequestRows.make(in: $0) }
        try queue.close()
    }

    var source: any CountSource { OriginSource(environment: plainEnvironment) }

    func question(about observation: Observation) async throws -> CountQuestion? {
        switch observation {
        case .unreachable: return .about(.sqlite(path: "/nowhere/shop.db"), RequestRows.indicator)
        case .refused: return .about(.sqlite(path: path), .sql("SELECT good, total FROM nowhere"))
        case .late:
            let endless =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                + "SELECT count(*) AS good, count(*) AS total FROM n"
            return .about(.sqlite(path: path), .sql(endless), timeout: .milliseconds(300))
        case .infinite: return .about(.sqlite(path: path), .sql("SELECT 90 AS good, 9e999 AS total"))
        default: return RequestRows.question(about: observation, .sqlite(path: path))
        }
    }
}

/// What both databases hold for the suite, and how they are asked.
enum RequestRows {
    static let indicator = Indicator(name: "availability", counting: .requestLogs(.init()))

    /// In the minute before noon 100 requests of `shop`, ten of them failed, half of them of version `v2`.
    static func make(in database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE request_logs (at REAL, service TEXT, version TEXT, status INTEGER, duration_ms REAL)")
        for number in 0..<100 {
            try database.execute(
                sql: "INSERT INTO request_logs VALUES (?, 'shop', ?, ?, ?)",
                arguments: [
                    noon.seconds - 60 + 0.6 * Double(number + 1), number % 2 == 0 ? "v1" : "v2",
                    number % 10 == 3 ? 503 : 200, Double(number),
                ])
        }
        try database.execute(
            sql: "INSERT INTO request_logs VALUES (?, 'shop', 'v1', 200, 1)", arguments: [noon.seconds - 60])
        try database.execute(
            sql: "INSERT INTO request_logs VALUES (?, 'other', 'v1', 500, 1)", arguments: [noon.seconds])
    }

    static func question(about observation: Observation, _ origin: MetricOrigin) -> CountQuestion? {
        switch observation {
        case .counted: return .about(origin, indicator)
        case .noTraffic:
            var question = CountQuestion.about(origin, indicator)
            question.service = "nobody"
            return question
        case .nothing: return .about(origin, .sql("SELECT 1 AS good, 1 AS total WHERE 1 = 0"))
        case .goodMissing:
            return .about(
                origin, .sql("SELECT sum(status) AS good, sum(status) AS total FROM request_logs WHERE 1 = 0"))
        case .twofold: return .about(origin, .sql("SELECT 90 AS good, 100 AS total UNION ALL SELECT 90, 100"))
        case .negative: return .about(origin, .sql("SELECT -1 AS good, 100 AS total"))
        case .tooGood: return .about(origin, .sql("SELECT 101 AS good, 100 AS total"))
        case .text: return .about(origin, .sql("SELECT '90' AS good, '100' AS total"))
        case .unknownArm: return .about(origin, .sql("SELECT 90 AS good, 100 AS total -- :arm"), arm: "v2")
        case .failuresMissing, .warned, .unreachable, .refused, .late, .notANumber, .infinite, .cut: return nil
        }
    }
}

extension Indicator {
    static func sql(_ text: String) -> Indicator { Indicator(name: "availability", counting: .sql(text)) }
}

/// Pages, read twice a minute apart, as the engine reads them.
struct PagesBench: CountBench {
    var source: any CountSource { PagesAsSource() }

    func question(about observation: Observation) async throws -> CountQuestion? {
        let first = "good_total 10\nrequests_total 10\n"
        func pages(_ second: String, _ indicator: Indicator = shopIndicator) throws -> CountQuestion {
            let server = try RawServer { $0.answer(body: $0.head.hasPrefix("GET /first") ? first : second) }
            return .about(.json(url: server.base, access: nil), indicator)
        }
        switch observation {
        case .counted: return try pages("good_total 100\nrequests_total 110\n")
        case .noTraffic: return try pages(first)
        case .nothing: return try pages("other_total 1\n")
        case .goodMissing: return try pages("requests_total 110\n")
        case .failuresMissing: return try pages("requests_total 110\n", failureIndicator)
        case .unreachable:
            return .about(.json(url: try RawServer.refusingURL().replacing("/metrics", with: ""), access: nil))
        case .refused: return .about(.json(url: try RawServer { $0.answer("500 No", body: first) }.base, access: nil))
        case .late:
            let server = try RawServer { $0.waitForLeaving() }
            return .about(.json(url: server.base, access: nil), timeout: .milliseconds(300))
        case .twofold: return try pages("good_total 100\ngood_total 100\nrequests_total 110\n")
        case .notANumber: return try pages("good_total NaN\nrequests_total 110\n")
        case .infinite: return try pages("good_total +Inf\nrequests_total 110\n")
        case .negative: return try pages("good_total -1\nrequests_total 110\n")
        case .tooGood: return try pages("good_total 111\nrequests_total 110\n")
        case .text: return try pages("good_total many\nrequests_total 110\n")
        case .cut: return try pages("good_total 100\nrequests_total 11")
        case .warned, .unknownArm: return nil
        }
    }
}

/// Two scrapes and the growth between them.
private struct PagesAsSource: CountSource {
    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        guard case .json(let base, _) = question.origin else { return [] }
        let selectors = [question.indicator.part, question.indicator.total]
        var scrapes: [Scrape] = []
        for (path, at) in [("first", question.from), ("second", question.to)] {
            let values = try await ScrapeSource().read(selectors, from: "\(base)/\(path)", timeout: question.timeout)
            scrapes.append(Scrape(endpoint: base, at: at, values: values))
        }
        return [
            CounterIncrease.reading(
                of: question.indicator, in: scrapes, from: question.from, to: question.to, every: question.slice
            ).reading
        ]
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? { nil }
}
