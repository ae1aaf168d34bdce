import Foundation

/// A real Prometheus (`scripts/setup --with prometheus`) on a port and in a folder of its own.
package actor PrometheusServer {
    /// `127.0.0.1:port` of each page, with the labels its series get.
    package struct Target: Sendable {
        package var address: String
        package var labels: [String: String]

        package init(port: Int, labels: [String: String] = [:]) {
            address = "127.0.0.1:\(port)"
            self.labels = labels
        }
    }

    private let folder: String
    private var port: Int
    private var process: PrivateProcess?

    /// Returns once it is ready. Pages are read every `every`, under `/metrics`.
    private init(_ targets: [Target], every: Duration) async throws {
        folder = NSTemporaryDirectory() + "prometheus-\(UUID().uuidString)"
        port = try Loopback.freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let milliseconds = every.components.seconds * 1_000 + every.components.attoseconds / 1_000_000_000_000_000
        var text = """
            global: {scrape_interval: \(milliseconds)ms, scrape_timeout: \(milliseconds)ms}
            scrape_configs:
              - job_name: shop
                static_configs:

            """
        for target in targets {
            let labels = target.labels.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
            text += "      - {targets: [\"\(target.address)\"], labels: {\(labels.joined(separator: ", "))}}\n"
        }
        try text.write(toFile: folder + "/prometheus.yml", atomically: true, encoding: .utf8)
        try await start()
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it again where it was, with what it has stored.
    package func start() async throws {
        let program = ["/usr/bin/prometheus", "/usr/local/bin/prometheus"].first(where: access)
        guard let program else {
            throw RealServerError(description: "there is no prometheus; run scripts/setup --with prometheus")
        }
        let started = try PrivateProcess(
            program,
            [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/store",
                "--web.listen-address=127.0.0.1:\(port)",
            ], log: folder + "/log")
        process = started
        let port = port
        try await poll("prometheus is ready") {
            guard started.isRunning else {
                throw RealServerError(description: "prometheus ended: \(started.lastWords)")
            }
            return Loopback.answersWell("/-/ready", port: port)
        }
    }

    /// Kills it, as a power cut would.
    package func stop() async { await process?.stop() }

    /// Runs `body` with a server of its own, which is gone afterwards.
    package static func running(
        _ targets: [Target], every: Duration = .milliseconds(200), _ body: (PrometheusServer) async throws -> Void
    ) async throws {
        let server = try await PrometheusServer(targets, every: every)
        do { try await body(server) } catch {
            await server.remove()
            throw error
        }
        await server.remove()
    }

    private func remove() async {
        await stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func access(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}
