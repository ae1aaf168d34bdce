import CountConformance
import Foundation
import RealServers
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

/// Against a real PostgreSQL.
@Suite(.timeLimit(.minutes(3)))
struct PostgresTests {
    private static let rows = """
        CREATE TABLE request_logs (
            at timestamptz NOT NULL, service text, version text, status integer, duration_ms double precision);
        INSERT INTO request_logs
            SELECT to_timestamp(\(noon.seconds) - 60 + 0.6 * n), 'shop', CASE WHEN n % 2 = 1 THEN 'v1' ELSE 'v2' END,
            CASE WHEN n % 10 = 4 THEN 503 ELSE 200 END, n - 1 FROM generate_series(1, 100) AS n;
        INSERT INTO request_logs VALUES (to_timestamp(\(noon.seconds) - 60), 'shop', 'v1', 200, 1),
            (to_timestamp(\(noon.seconds)), 'other', 'v1', 500, 1);
        \(JourneyRows.postgres)
        """

    private struct Bench: CountBench {
        let origin: MetricOrigin
        var source: any CountSource { OriginSource(environment: plainEnvironment) }

        func question(about observation: Observation) async throws -> CountQuestion? {
            switch observation {
            case .unreachable:
                return .about(.postgres(connection: "host=/nowhere dbname=shop", password: nil), RequestRows.indicator)
            case .refused: return .about(origin, .sql("SELECT good, total FROM nowhere"))
            case .late:
                return .about(
                    origin, .sql("SELECT 1 AS good, 1 AS total FROM pg_sleep(600)"), timeout: .milliseconds(300))
            case .notANumber: return .about(origin, .sql("SELECT 'NaN'::float8 AS good, 100 AS total"))
            case .infinite: return .about(origin, .sql("SELECT 90 AS good, 'Infinity'::float8 AS total"))
            default: return RequestRows.question(about: observation, origin)
            }
        }
    }

    @Test func aRealPostgresKeepsTheMatrixAndCountsAsSQLiteDoes() async throws {
        try await PostgresServer.running { server in
            try await server.run(Self.rows)
            try await check(server)
        }
    }

    private func check(_ server: PostgresServer) async throws {
        let origin = MetricOrigin.postgres(connection: server.connection, password: nil)
        for row in Observation.allCases {
            let wasChecked = try await CountConformance.check(row, Bench(origin: origin))
            #expect(wasChecked == ![.failuresMissing, .warned, .cut].contains(row), "\(row)")
        }
        try await JourneyRows.check(origin)
        try await Self.checkReadyQueries(origin)
        try await Self.checkThatNothingIsWritten(server, origin)
        await server.stop()
        await #expect(throws: MetricError.self) {
            try await OriginSource(environment: []).counts(.about(origin, RequestRows.indicator))
        }
    }

    @Test func aPasswordFromAFileOpensAndAWrongOneIsNotSaid() async throws {
        try await PostgresServer.running { server in
            try await server.run(Self.rows)
            try await server.run(
                "CREATE ROLE reader LOGIN PASSWORD 'sesame-17'; GRANT SELECT ON request_logs TO reader;")
            try await server.demandPassword(of: "reader")
            let connection = server.connection.replacing("user=tester", with: "user=reader")
            let file = NSTemporaryDirectory() + "password-\(UUID().uuidString)"
            func counts(_ password: String?) async throws -> [ArmReading] {
                if let password { try password.write(toFile: file, atomically: true, encoding: .utf8) }
                let source = password.map { _ in SecretReference.Source.file(file) }
                return try await OriginSource(environment: []).counts(
                    .about(.postgres(connection: connection, password: source), RequestRows.indicator))
            }
            // The server reads its rules again a moment later.
            try await poll("a password is demanded") { (try? await counts(nil)) == nil }
            #expect(try await counts("sesame-17\n") == [.counts(try #require(GoodTotal(good: 90, total: 100)))])
            for wrong in ["sesame-18", "sesame-17 "] {
                do {
                    _ = try await counts(wrong)
                    Issue.record("\(wrong) opened")
                } catch { #expect(!"\(error)".contains("sesame"), "\(error)") }
            }
        }
    }

    static func checkReadyQueries(_ origin: MetricOrigin) async throws {
        let source = OriginSource(environment: [])
        func counts(_ logs: Counting.RequestLogs, arm: String = "") async throws -> [ArmReading] {
            try await source.counts(.about(origin, Indicator(name: "speed", counting: .requestLogs(logs)), arm: arm))
        }
        // Durations are 0...99 ms, and ten requests failed: those of 3, 13 … 93 ms.
        #expect(
            try await counts(.init(threshold: .milliseconds(49))) == [
                .counts(try #require(GoodTotal(good: 45, total: 100)))
            ])
        #expect(
            try await counts(.init(threshold: .milliseconds(49), countsFailures: false))
                == [.counts(try #require(GoodTotal(good: 45, total: 90)))])
        #expect(try await counts(.init(), arm: "v1") == [.counts(try #require(GoodTotal(good: 50, total: 50)))])
        #expect(try await counts(.init(), arm: "v2") == [.counts(try #require(GoodTotal(good: 40, total: 50)))])
        #expect(try await counts(.init(), arm: "' OR 1 = 1 --") == [.counts(.none)])
        // The request on the boundary belongs to the minute before.
        let slices = try await source.counts(.about(origin, RequestRows.indicator, slices: 3))
        #expect(
            slices == [
                .counts(.none), .counts(try #require(GoodTotal(good: 1, total: 1))),
                .counts(try #require(GoodTotal(good: 90, total: 100))),
            ])
        #expect(try await source.observed(.about(origin, RequestRows.indicator, slices: 3)) == .seconds(60))
        let own = Indicator.sql(
            "SELECT count(*) FILTER (WHERE status < 500) AS good, count(*) AS total /* :nothing */ FROM request_logs "
                + "WHERE service = :service AND ':arm' <> '' AND (:arm = '' OR version = :arm)")
        #expect(
            try await source.counts(.about(origin, own, arm: "v2"))
                == [.counts(try #require(GoodTotal(good: 40, total: 50)))])
        #expect(try await source.observed(.about(origin, own)) == nil)
    }

    private static func checkThatNothingIsWritten(_ server: PostgresServer, _ origin: MetricOrigin) async throws {
        let source = OriginSource(environment: [])
        let writes = [
            "DELETE FROM request_logs RETURNING 1 AS good, 1 AS total",
            "SELECT 1 AS good, 1 AS total; DELETE FROM request_logs",
            "WITH gone AS (DELETE FROM request_logs RETURNING 1) SELECT 1 AS good, 1 AS total FROM gone",
            "SELECT 1 AS good, setval('counter', 5) AS total",
        ]
        try await server.run("CREATE SEQUENCE counter;")
        for write in writes {
            do throws(MetricError) {
                let readings = try await source.counts(.about(origin, .sql(write)))
                Issue.record("\(write) gave \(readings)")
            } catch { #expect(error.code == .refused, "\(error)") }
        }
        #expect(try await source.counts(.about(origin, RequestRows.indicator)).count == 1)
        do throws(MetricError) {
            _ = try await source.counts(
                .about(
                    .postgres(connection: server.connection + " user=nobody-knows", password: nil),
                    RequestRows.indicator))
        } catch { #expect(error.code == .unreachable) }
    }
}
