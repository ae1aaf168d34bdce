import ArgumentParser

/// Serves one version of the shop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve one version of the shop over HTTP on 127.0.0.1.",
        discussion: "Example: demo-shop serve --version v1.1.0 --port 8102 --database shop.db"
    )

    @Option(help: "Which version to be.")
    var version: ShopVersion

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: Int = 0

    @Option(help: "The SQLite file.")
    var database: String

    @Option(help: "Where to write the port once it listens.")
    var portFile: String?

    @Option(help: "Which checkouts fail follows from this number.")
    var seed: UInt64 = 1

    @Flag(help: "Stop when standard input ends, so as not to outlive the process that started this one.")
    var untilInputEnds = false

    func run() async throws {
        if untilInputEnds { StopRequest.whenStandardInputEnds() }
        let routes = ShopRoutes(version: version, database: try ShopDatabase(path: database), seed: seed)
        try await HTTPService.run(routes.router(), label: "demo-shop", port: port, portFile: portFile)
    }
}
