import Foundation
import GRDB

/// A product on sale.
struct Product: Codable, FetchableRecord, Sendable {
    let id: Int64
    let name: String
    let priceCents: Int64
}

/// What a customer sends to `POST /checkout`.
struct Purchase: Codable, Sendable {
    static let quantityRange = 1...100

    let product: Int64
    let quantity: Int
    /// Kept from v1.1.0 on, when the schema has a place for it.
    let giftMessage: String?
}

/// What a customer gets back.
struct Receipt: Codable, Sendable {
    let order: Int64
    let totalCents: Int64
    let giftMessageKept: Bool
}

/// The shop's SQLite file. Versions with and without migration 002 work on it, also while it is being applied.
struct ShopDatabase: Sendable {
    /// A migration may hold the write lock for a moment; a checkout waits this long for it.
    private static let busySeconds = 5.0

    private let queue: DatabaseQueue

    /// - Throws: ``Refusal`` when the file does not exist: a shop never starts on an empty database by mistake.
    init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal("no database at \(path); make it with: demo-shop prepare --database \(path) --schema FILE")
        }
        queue = try Self.open(path)
    }

    /// Opens a connection that leaves the file usable for others.
    ///
    /// A rollback journal, not WAL: two shops and a migration write here, and SQLite 3.40.1 can corrupt a WAL that
    /// several connections write and checkpoint.
    static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// 0: no tables, 1: as migration 001 leaves it, 2: with a place for gift messages. Read from the tables themselves.
    func schemaVersion() async throws -> Int {
        try await queue.read { db in try Self.schemaVersion(db) }
    }

    /// All products, by id.
    func products() async throws -> [Product] {
        try await queue.read { db in
            try Product.fetchAll(db, sql: "SELECT id, name, price_cents AS priceCents FROM product ORDER BY id")
        }
    }

    /// The product, or nil.
    func product(id: Int64) async throws -> Product? {
        try await queue.read { db in try Self.product(db, id: id) }
    }

    /// Stores the order; nil when there is no such product. The gift message is kept when `keepsGiftMessages` and the
    /// schema has a column for it.
    func store(_ purchase: Purchase, keepsGiftMessages: Bool) async throws -> Receipt? {
        try await queue.write { db in
            guard let product = try Self.product(db, id: purchase.product) else { return nil }
            let total = product.priceCents * Int64(purchase.quantity)
            // A message costs a look at the schema; most orders have none.
            let keeps = try keepsGiftMessages && purchase.giftMessage != nil && Self.schemaVersion(db) >= 2
            if keeps {
                try db.execute(
                    sql: "INSERT INTO purchase (product_id, quantity, total_cents, gift_message) VALUES (?, ?, ?, ?)",
                    arguments: [product.id, purchase.quantity, total, purchase.giftMessage]
                )
            } else {
                try db.execute(
                    sql: "INSERT INTO purchase (product_id, quantity, total_cents) VALUES (?, ?, ?)",
                    arguments: [product.id, purchase.quantity, total]
                )
            }
            return Receipt(order: db.lastInsertedRowID, totalCents: total, giftMessageKept: keeps)
        }
    }

    private static func product(_ db: Database, id: Int64) throws -> Product? {
        try Product.fetchOne(
            db,
            sql: "SELECT id, name, price_cents AS priceCents FROM product WHERE id = ?",
            arguments: [id]
        )
    }

    private static func schemaVersion(_ db: Database) throws -> Int {
        // pragma_table_info reads the schema of now; GRDB's own schema cache would not see another process's change.
        let columns = try String.fetchSet(db, sql: "SELECT name FROM pragma_table_info('purchase')")
        if columns.isEmpty { return 0 }
        return columns.contains("gift_message") ? 2 : 1
    }
}
