import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One real customer.
struct Buy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Buy one product with a gift message, and say which version sold it.",
        discussion: "Example: demo-shop buy --url http://127.0.0.1:8100"
    )

    /// A card processor that fails now and then is part of the demo; a customer tries again.
    private static let triesMax = 5

    @Option(help: "Where a shop or the front answers.")
    var url: String

    func run() async throws {
        var last = "nothing answered"
        for _ in 0..<Self.triesMax {
            var request = HTTPClientRequest(url: url + "/checkout")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: #"{"product": 1, "quantity": 1, "giftMessage": "Enjoy"}"#))
            do {
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                let body = try await answer.body.collect(upTo: HTTPService.bodyBytesMax)
                last = "status \(answer.status.code)"
                guard answer.status.code == 201 else { continue }
                let receipt = try JSONDecoder().decode(Receipt.self, from: Data(body.readableBytesView))
                let version = answer.headers.first(name: "x-shop-version") ?? "an unknown version"
                print("\(version) sold order \(receipt.order), gift message kept: \(receipt.giftMessageKept)")
                return
            } catch {
                last = "\(error)"
            }
        }
        throw Refusal("could not buy at \(url) in \(Self.triesMax) tries; the last: \(last)")
    }
}
