import Foundation
import Hummingbird
import Logging
import NIOCore

/// Runs a router on 127.0.0.1 until SIGTERM or SIGINT; the port it got goes to `portFile`.
enum HTTPService {
    static let bodyBytesMax = 65_536

    /// Serves until told to stop. Port 0 means any free port.
    ///
    /// - Throws: ``Refusal`` when the port is taken.
    static func run(
        _ router: Router<BasicRequestContext>,
        label: String,
        port: Int,
        portFile: String?
    ) async throws {
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: label),
            onServerRunning: { channel in
                guard let portFile, let bound = channel.localAddress?.port else { return }
                do {
                    try SmallFile(path: portFile).write(String(bound))
                } catch {
                    print("\(label): \(error)")
                }
            },
            logger: logger
        )
        do {
            try await application.runService()
        } catch let error as IOError {
            throw Refusal("cannot listen on 127.0.0.1:\(port): \(error); choose another --port, or 0 for a free one")
        }
    }

    /// A JSON answer with sorted keys.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value)))
        )
    }

    static func text(_ value: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: value))
        )
    }
}
