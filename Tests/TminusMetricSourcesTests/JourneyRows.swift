import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

/// User journeys of every kind around noon, and what must be counted of them.
enum JourneyRows {
    private typealias Row = (journey: String, step: String, secondsBeforeNoon: Double, success: Bool, duration: Double)

    private static let rows: [Row] = [
        // Good: all steps, all successful, decided 20 s before noon.
        ("good", "cart", 50, true, 100), ("good", "address", 40, true, 100), ("good", "pay", 20, true, 900),
        // The same once more, the last step at noon sharp, and steps in another order.
        ("edge", "pay", 30, true, 100), ("edge", "cart", 20, true, 100), ("edge", "address", 0, true, 100),
        // Failed half-way.
        ("failed", "cart", 50, true, 100), ("failed", "address", 45, false, 100),
        // A step above its limit of a second.
        ("slow", "cart", 50, true, 100), ("slow", "address", 45, true, 100), ("slow", "pay", 10, true, 1_001),
        // Longer than two minutes in all: its first step began long before this minute.
        ("long", "cart", 200, true, 100), ("long", "address", 45, true, 100), ("long", "pay", 10, true, 100),
        // Decided in the minute before.
        ("before", "cart", 100, true, 100), ("before", "address", 90, true, 100), ("before", "pay", 61, true, 100),
        // Completed, and failed when it was tried again afterwards: good all the same.
        ("again", "cart", 55, true, 100), ("again", "address", 50, true, 100), ("again", "pay", 45, true, 100),
        ("again", "pay", 5, false, 100),
        // Still open, since 30 s.
        ("open", "cart", 30, true, 100),
        // Abandoned: after five minutes without its last step, in this minute.
        ("abandoned", "cart", 330, true, 100), ("abandoned", "address", 320, true, 100),
        // Abandoned long ago.
        ("forgotten", "cart", 3_000, true, 100),
        // A step that no one defined does not matter.
        ("good", "advert", 45, false, 9_000),
    ]

    static var postgres: String {
        let values = rows.map { row in
            "(to_timestamp(\(noon.seconds - row.secondsBeforeNoon)), 'shop', 'v1', '\(row.journey)', 'checkout', "
                + "'\(row.step)', \(row.success), \(row.duration))"
        }
        return """
            CREATE TABLE user_journey_logs (
                at timestamptz NOT NULL, service text, version text, journey_id text, journey_name text, step text,
                success boolean, duration_ms double precision);
            INSERT INTO user_journey_logs VALUES \(values.joined(separator: ", "));
            """
    }

    static func make(in database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE user_journey_logs (at REAL, service TEXT, version TEXT, journey_id TEXT, "
                + "journey_name TEXT, step TEXT, success INTEGER, duration_ms REAL)")
        for row in rows {
            try database.execute(
                sql: "INSERT INTO user_journey_logs VALUES (?, 'shop', 'v1', ?, 'checkout', ?, ?, ?)",
                arguments: [noon.seconds - row.secondsBeforeNoon, row.journey, row.step, row.success, row.duration])
        }
    }

    static func check(_ origin: MetricOrigin) async throws {
        var journey = Counting.Journey(
            name: "checkout",
            steps: [.init(name: "cart"), .init(name: "address"), .init(name: "pay", within: .seconds(1))],
            within: .seconds(120), abandonedAfter: .seconds(300))
        func counts(_ slices: Int = 1) async throws -> [ArmReading] {
            let indicator = Indicator(name: "checkout", counting: .journey(journey))
            return try await OriginSource(environment: []).counts(.about(origin, indicator, slices: slices))
        }
        // good, edge, again; not failed, slow, long.
        #expect(try await counts() == [.counts(try #require(GoodTotal(good: 3, total: 6)))])
        // Every journey is counted once: `before` in the minute before.
        #expect(
            try await counts(2) == [
                .counts(try #require(GoodTotal(good: 1, total: 1))),
                .counts(try #require(GoodTotal(good: 3, total: 6))),
            ])
        journey.abandoned = .bad
        #expect(try await counts() == [.counts(try #require(GoodTotal(good: 3, total: 7)))])
        journey.within = nil
        #expect(try await counts() == [.counts(try #require(GoodTotal(good: 4, total: 7)))])
        journey.steps = [.init(name: "cart")]
        journey.abandoned = .excluded
        // Every cart of this minute: good, edge, failed, slow, again, open.
        #expect(try await counts() == [.counts(try #require(GoodTotal(good: 6, total: 6)))])
    }
}
