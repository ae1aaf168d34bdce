import ArgumentParser
import AsyncHTTPClient
import NIOCore

/// The front door of the shop.
struct Front: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Split traffic between two running shops, by a weight read from a file.",
        discussion: """
            Example: demo-shop front --port 8100 --baseline http://127.0.0.1:8101 \\
              --candidate http://127.0.0.1:8102 --weight-file weight --maintenance-file maintenance
            GET /front/status tells the weight and the maintenance state in force.
            """
    )

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: Int = 0

    @Option(help: "Where the baseline answers, such as http://127.0.0.1:8101.")
    var baseline: String

    @Option(help: "Where the candidate answers.")
    var candidate: String

    @Option(help: "File with the candidate's percent of requests, 0 to 100.")
    var weightFile: String

    @Option(help: "File with the word open or closed; closed answers 503 to everything.")
    var maintenanceFile: String

    @Option(help: "Where to write the port once it listens.")
    var portFile: String?

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.timeout.connect = .seconds(2)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let proxy = FrontProxy(
            baseline: baseline,
            candidate: candidate,
            settings: FrontSettings(
                weightFile: SmallFile(path: weightFile),
                maintenanceFile: SmallFile(path: maintenanceFile)
            ),
            client: client
        )
        try await HTTPService.run(proxy.router(), label: "demo-front", port: port, portFile: portFile)
        try await client.shutdown()
    }
}
