import AsyncHTTPClient
import Foundation
import NIOCore

/// One small GET that answers JSON.
struct JSONProbe: Sendable {
    let url: String

    /// The decoded body, whatever the status says.
    func read<Value: Decodable & Sendable>(_ type: Value.Type) async throws -> Value {
        let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(2))
        let body = try await answer.body.collect(upTo: HTTPService.bodyBytesMax)
        return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }
}
