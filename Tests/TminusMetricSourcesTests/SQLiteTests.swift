import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct SQLiteTests {
    private func file(_ make: (Database) throws -> Void) throws -> String {
        let path = NSTemporaryDirectory() + "counts-\(UUID().uuidString).db"
        let queue = try DatabaseQueue(path: path)
        try queue.write(make)
        try queue.close()
        return path
    }

    @Test func readyQueriesCountRequestsByTimeServiceAndVersion() async throws {
        try await PostgresTests.checkReadyQueries(.sqlite(path: try file(RequestRows.make)))
    }

    @Test func journeysAreCountedOnceWhereTheyWereDecided() async throws {
        try await JourneyRows.check(.sqlite(path: try file(JourneyRows.make)))
    }

    @Test func timesAsTextAreRefused() async throws {
        let path = try file { database in
            try database.execute(sql: "CREATE TABLE request_logs (at, service, version, status, duration_ms)")
            try database.execute(sql: "INSERT INTO request_logs VALUES ('2026-11-21', 'shop', 'v1', 200, 1)")
        }
        await #expect(
            throws: MetricError(
                .malformed, "\(path): the column at holds text; it must hold seconds since 1970, as numbers")
        ) {
            try await OriginSource(environment: []).counts(.about(.sqlite(path: path), RequestRows.indicator))
        }
    }

    @Test(arguments: [
        "DELETE FROM request_logs", "SELECT 1 AS good, 1 AS total; DELETE FROM request_logs", "PRAGMA user_version = 7",
        "ATTACH '/tmp/other.db' AS other", "SELECT ?1 AS good, 1 AS total", "SELECT @a AS good, 1 AS total", "",
        "SELECT $a AS good, 1 AS total", "SELECT :nobody AS good, 1 AS total", "SELECT 1 AS good", "VACUUM",
    ])
    func whatIsNoQueryIsRefused(sql: String) async throws {
        let path = try file(RequestRows.make)
        do throws(MetricError) {
            let readings = try await OriginSource(environment: []).counts(.about(.sqlite(path: path), .sql(sql)))
            Issue.record("\(sql) gave \(readings)")
        } catch {
            #expect([.refused, .malformed].contains(error.code), "\(error)")
        }
        let counts = try await OriginSource(environment: []).counts(.about(.sqlite(path: path), RequestRows.indicator))
        #expect(counts == [.counts(try #require(GoodTotal(good: 90, total: 100)))])
    }
}

@Suite struct NamedSQLTests {
    private static let known = ["from", "to", "service", "arm"]

    @Test(arguments: [
        ("SELECT :from, :to, :from", "SELECT $1, $2, $1"),
        ("SELECT ':from', \":to\", x::text, :arm::text", "SELECT ':from', \":to\", x::text, $1::text"),
        ("SELECT 'it''s :from', :to", "SELECT 'it''s :from', $1"),
        ("SELECT E'it\\'s :from', :to", "SELECT E'it\\'s :from', $1"),
        ("SELECT $$ :from $$, $a$ :to $b$ :to $a$, :arm", "SELECT $$ :from $$, $a$ :to $b$ :to $a$, $1"),
        ("SELECT 1 -- :nobody\n, :to", "SELECT 1 -- :nobody\n, $1"),
        ("SELECT /* :a /* :b */ :c */ :to", "SELECT /* :a /* :b */ :c */ $1"),
        ("SELECT a[1:2], b ? 'c', :to", "SELECT a[1:2], b ? 'c', $1"),
        ("SELECT price$1x, :to", "SELECT price$1x, $1"),
        ("SELECT 'open :from", "SELECT 'open :from"), ("SELECT /* open :from", "SELECT /* open :from"),
    ])
    func namesBecomeNumbersForPostgres(sql: String, numbered: String) throws {
        #expect(try NamedSQL(sql, .postgres, known: Self.known).text == numbered)
    }

    @Test(arguments: [
        ("SELECT [:from], `:to`, :arm", "SELECT [:from], `:to`, ?1"), ("SELECT /* /* */ :to", "SELECT /* /* */ ?1"),
    ])
    func namesBecomeNumbersForSQLite(sql: String, numbered: String) throws {
        #expect(try NamedSQL(sql, .sqlite, known: Self.known).text == numbered)
    }

    @Test func anUnknownNameIsRefusedWithThoseThatAre() {
        #expect(
            throws: MetricError(.refused, "the SQL has no parameter :until; there are :from, :to, :service, :arm")
        ) { try NamedSQL("SELECT :until", .postgres, known: Self.known) }
        #expect(throws: MetricError.self) { try NamedSQL("SELECT $1", .postgres, known: Self.known) }
    }
}
