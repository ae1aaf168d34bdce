import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TminusModel

/// Talks to an engine: through its control socket, or over TCP with a token.
///
/// One per command; `shutdown` when done with it.
package struct EngineClient: Sendable {
    package let address: EngineAddress
    /// Sent with every request when there is one.
    private let token: String?
    private let http: HTTPClient
    private let base: String

    /// How long an answer may take that is not a stream.
    private static let answerMax = TimeAmount.seconds(30)
    /// A stream ends with its run, so it has no limit but this: a year.
    private static let streamMax = TimeAmount.hours(24 * 366)

    package init(socket: String) {
        self.init(.socket(socket), token: nil)
    }

    package init(_ address: EngineAddress, token: String?) {
        self.address = address
        self.token = token
        base =
            switch address {
            case .socket(let path): "http+unix://\(Self.escaped(path))"
            case .url(let url): url
            }
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Closes what is open. Harmless to call twice.
    package func shutdown() async {
        try? await http.shutdown()
    }

    // MARK: Requests

    func get(_ path: String, within seconds: Int64? = nil) async throws(APIError) -> JSON {
        let request = HTTPClientRequest(url: base + path)
        return try await answer(to: request, within: seconds.map { .seconds($0) } ?? Self.answerMax)
    }

    func post(_ path: String, _ body: JSON) async throws(APIError) -> JSON {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body.bytes))
        return try await answer(to: request, within: Self.answerMax)
    }

    /// The pieces of a body as they come.
    ///
    /// - Throws: what the engine answered instead, before the first piece.
    func stream(_ path: String) async throws(APIError) -> HTTPClientResponse.Body {
        let response = try await send(HTTPClientRequest(url: base + path), within: Self.streamMax)
        guard response.status == .ok else { throw try await failure(response) }
        return response.body
    }

    private func answer(to request: HTTPClientRequest, within: TimeAmount) async throws(APIError) -> JSON {
        let response = try await send(request, within: within)
        guard (200...299).contains(response.status.code) else { throw try await failure(response) }
        return try await body(of: response)
    }

    private func send(_ request: HTTPClientRequest, within: TimeAmount) async throws(APIError) -> HTTPClientResponse {
        var request = request
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        do { return try await http.execute(request, timeout: within) } catch {
            let text = "\(error)"
            if text.contains("errno: 13)") {
                throw APIError(
                    .forbidden, "this account may not use \(address.name); ask whoever runs the engine to let it in")
            }
            throw APIError(.unreachable, "the engine behind \(address.name) does not answer: \(text)")
        }
    }

    private func body(of response: HTTPClientResponse) async throws(APIError) -> JSON {
        let bytes: ByteBuffer
        do { bytes = try await response.body.collect(upTo: LineSplitter.lineBytesMax) } catch {
            throw APIError(
                .unreachable, "the engine behind \(address.name) stopped in the middle of an answer: \(error)")
        }
        do { return try JSON(parsing: bytes.readableBytesView) } catch {
            throw APIError(.malformed, "what listens on \(address.name) answered with \(error)")
        }
    }

    private func failure(_ response: HTTPClientResponse) async throws(APIError) -> APIError {
        let json: JSON?
        do { json = try await body(of: response) } catch { json = nil }
        return json.flatMap { APIError(json: $0) }
            ?? APIError(.malformed, "what listens on \(address.name) answered with status \(response.status.code)")
    }

    // MARK: Paths

    /// Percent-encodes all but unreserved characters, so that any name is one path segment or query value.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                bytes.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `?a=b&c=d` of the values that are not nil; empty when all are.
    static func query(_ pairs: KeyValuePairs<String, String?>) -> String {
        let parts = pairs.compactMap { key, value in value.map { "\(key)=\(escaped($0))" } }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}
