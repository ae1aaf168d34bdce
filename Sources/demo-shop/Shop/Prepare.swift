import ArgumentParser
import Foundation
import GRDB

/// Makes the database the baseline starts on.
struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a database by running a file of SQL, before any release.",
        discussion: "Example: demo-shop prepare --database shop.db --schema migrations/001_create_products.sql"
    )

    @Option(help: "The SQLite file; made when it isn't there.")
    var database: String

    @Option(help: "A file of SQL statements; runs in one transaction.")
    var schema: String

    func run() async throws {
        guard let statements = SmallFile(path: schema).read() else {
            throw Refusal("cannot read \(schema) as UTF-8 text; give the path of a file of SQL statements")
        }
        try await ShopDatabase.open(database).write { try $0.execute(sql: statements) }
    }
}
