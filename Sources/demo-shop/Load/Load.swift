import ArgumentParser
import AsyncHTTPClient
import Foundation

/// Customers.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send customers' requests at a constant rate; print what they saw as JSON at the end.",
        discussion: "Example: demo-shop load --url http://127.0.0.1:8100 --rate 150 --seconds 60 --seed 7"
    )

    @Option(help: "Where the shop answers.")
    var url: String

    @Option(help: "Requests per second.")
    var rate: Int = 150

    @Option(help: "For how long; SIGTERM ends it earlier.")
    var seconds: Int = 3600

    @Option(help: "Which customers come follows from this number.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...10_000).contains(rate) else { throw ValidationError("the rate is \(rate); give 1 to 10000") }
        guard (1...86_400).contains(seconds) else {
            throw ValidationError("the duration is \(seconds) s; give 1 to 86400")
        }
    }

    func run() async throws {
        StopRequest.watchSignals()
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let generator = LoadGenerator(
            requests: LoadRequests(url: url, draws: SeededDraws(seed: seed)),
            ratePerSecond: rate,
            durationSeconds: seconds,
            client: client
        )
        let summary = try await generator.run()
        try await client.shutdown()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(summary), as: UTF8.self))
    }
}
