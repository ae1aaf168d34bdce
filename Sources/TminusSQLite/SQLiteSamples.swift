import Foundation
import GRDB
import Synchronization
package import TminusModel
package import TminusPorts

/// Scraped counters in a SQLite file of their own, so that the journal stays small and its commits stay few.
///
/// A scrape is one row: 8 bytes a counter, behind a layout that says which counters those are. Layouts change only when
/// series come or go, so a month of scrapes every ten seconds takes a few tens of megabytes.
/// Losing the newest seconds to a power cut is allowed here (`synchronous = NORMAL`): the gap is then what it is.
package final class SQLiteSamples: SampleStore {
    private let writer: DatabaseQueue
    private let reader: DatabaseQueue
    private let layouts = Mutex(Layouts())

    /// - Throws: `.newerSchema`, `.corrupt`, `.storage`.
    package init(path: String, version: String) throws(StoreError) {
        let file = DatabaseFile(
            path: path, applicationID: SampleSchema.applicationID, migrations: SampleSchema.migrations,
            noun: "metrics store", synchronous: "NORMAL", version: version)
        writer = try file.openWriter()
        reader = try file.openReader()
    }

    package func close() throws(StoreError) {
        try translating {
            try reader.close()
            try writer.close()
        }
    }

    package func append(_ scrape: Scrape) async throws(StoreError) {
        let layout = Layout(scrape.values)
        let counts = Layout.bytes(scrape.values)
        try await on(writer) { [self] db in
            try db.inTransaction(.immediate) {
                let key = try layouts.withLock { layouts in try layouts.key(layout, scrape.endpoint, db) }
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO scrapes (endpoint, at, layout, counts) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [key.endpoint, scrape.at.millisecondsSinceEpoch, key.layout, counts])
                return .commit
            }
        } failed: { [self] in
            layouts.withLock { $0 = Layouts() }
        }
    }

    package func scrapes(of endpoint: String, from: Instant, to: Instant) async throws(StoreError) -> [Scrape] {
        try await on(reader) { db in
            let id = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM endpoints WHERE url = ?"), arguments: [endpoint])
            guard let id else { return [] }
            let first = try Int64.fetchOne(
                db.cachedStatement(
                    sql: "SELECT at FROM scrapes WHERE endpoint = ? AND at <= ? ORDER BY at DESC LIMIT 1"),
                arguments: [id, from.millisecondsSinceEpoch])
            let statement = try db.cachedStatement(
                sql: "SELECT at, layout, counts FROM scrapes WHERE endpoint = ? AND at >= ? AND at <= ? ORDER BY at")
            // With no scrape at or before `from`, everything up to `to` that exists is after it.
            let rows = try Row.fetchCursor(
                statement,
                arguments: [id, first ?? from.millisecondsSinceEpoch, to.millisecondsSinceEpoch])
            var known: [Int64: Layout] = [:]
            var scrapes: [Scrape] = []
            while let row = try rows.next() {
                let key: Int64 = row[1]
                let layout = try known[key] ?? Layout.stored(key, db)
                known[key] = layout
                let values = try row.withUnsafeData(atIndex: 2) { try layout.values($0 ?? Data()) }
                scrapes.append(
                    Scrape(endpoint: endpoint, at: Instant(millisecondsSinceEpoch: row[0]), values: values))
            }
            return scrapes
        } failed: {
        }
    }

    package func prune(before: Instant) async throws(StoreError) {
        // In pieces, so that a scrape never waits long for a month of rows to go.
        var isDone = false
        while !isDone {
            isDone = try await on(writer) { db in
                try db.cachedStatement(
                    sql: """
                        DELETE FROM scrapes WHERE (endpoint, at) IN (
                            SELECT endpoint, at FROM scrapes WHERE at < ? LIMIT \(Self.pruneAtOnce))
                        """
                ).execute(arguments: [before.millisecondsSinceEpoch])
                return db.changesCount < Self.pruneAtOnce
            } failed: {
            }
        }
    }

    private static let pruneAtOnce = 5_000

    private func on<Value: Sendable>(
        _ queue: DatabaseQueue, _ work: @escaping @Sendable (Database) throws -> Value,
        failed: @escaping @Sendable () -> Void
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                do {
                    continuation.resume(returning: .success(try work(db)))
                } catch {
                    failed()
                    continuation.resume(returning: .failure(StoreError(translating: error)))
                }
            }
        }
        return try result.get()
    }
}

enum SampleSchema {
    /// "TMMS".
    static let applicationID: Int64 = 0x544D_4D53

    static let migrations = [
        SchemaMigration(
            name: "001_scrapes",
            sql: """
                CREATE TABLE endpoints (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE) STRICT;
                CREATE TABLE layouts (id INTEGER PRIMARY KEY, series TEXT NOT NULL UNIQUE) STRICT;
                CREATE TABLE scrapes (
                    endpoint INTEGER NOT NULL REFERENCES endpoints (id),
                    at INTEGER NOT NULL,
                    layout INTEGER NOT NULL REFERENCES layouts (id),
                    counts BLOB NOT NULL,
                    PRIMARY KEY (endpoint, at)
                ) STRICT, WITHOUT ROWID;
                """)
    ]
}

/// Which counters a scrape's numbers are.
private struct Layout: Hashable {
    struct Part: Hashable {
        let selector: CounterSelector
        let identities: [String]
    }

    let parts: [Part]

    init(_ values: [CounterValue]) {
        parts = values.map { Part(selector: $0.selector, identities: $0.series.map(\.identity)) }
    }

    /// The counts as little-endian doubles, one after the other.
    static func bytes(_ values: [CounterValue]) -> Data {
        var bytes = Data()
        for value in values {
            for series in value.series {
                withUnsafeBytes(of: series.count.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    func values(_ bytes: Data) throws -> [CounterValue] {
        let count = parts.reduce(0) { $0 + $1.identities.count }
        guard bytes.count == 8 * count else { throw StoreError(.corrupt, "a stored scrape has a wrong length") }
        return bytes.withUnsafeBytes { buffer in
            var offset = 0
            return parts.map { part in
                let series = part.identities.map { identity in
                    defer { offset += 8 }
                    let bits = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                    return CounterValue.Series(identity: identity, count: Double(bitPattern: bits))
                }
                return CounterValue(selector: part.selector, series: series)
            }
        }
    }

    // MARK: As text

    var text: String {
        JSON.array(
            parts.map { part in
                .members(["selector": part.selector.json, "series": .strings(part.identities)])
            }
        ).line
    }

    static func stored(_ key: Int64, _ db: Database) throws -> Layout {
        let statement = try db.cachedStatement(sql: "SELECT series FROM layouts WHERE id = ?")
        guard let text = try String.fetchOne(statement, arguments: [key]),
            let layout = try? Layout(json: JSON(parsing: text))
        else { throw StoreError(.corrupt, "the metrics store has scrapes of a layout it can't read") }
        return layout
    }

    private init(json: JSON) throws {
        parts = try (json.elements ?? []).map { part in
            Part(
                selector: try CounterSelector(json: part["selector"] ?? .null),
                identities: (part["series"]?.elements ?? []).compactMap(\.text))
        }
    }
}

/// The keys of endpoints and layouts used before. Layouts may come and go: only the last of an endpoint is kept.
private struct Layouts {
    typealias Key = (endpoint: Int64, layout: Int64)

    private var last: [String: (layout: Layout, key: Key)] = [:]

    mutating func key(_ layout: Layout, _ endpoint: String, _ db: Database) throws -> Key {
        if let known = last[endpoint], known.layout == layout { return known.key }
        let key = (
            endpoint: try Self.id(db, "endpoints", "url", endpoint),
            layout: try Self.id(db, "layouts", "series", layout.text)
        )
        last[endpoint] = (layout, key)
        return key
    }

    private static func id(_ db: Database, _ table: String, _ column: String, _ value: String) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO \(table) (\(column)) VALUES (?) ON CONFLICT DO NOTHING")
            .execute(arguments: [value])
        let id = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM \(table) WHERE \(column) = ?"), arguments: [value])
        guard let id else { throw StoreError(.storage, "the metrics store did not keep a row of \(table)") }
        return id
    }
}
