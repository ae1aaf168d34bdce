import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Which requests customers make: one in ten looks at the list, one in twenty at one product, the rest buy. Buying is
/// where versions differ, so a short demo needs much of it.
struct LoadRequests: Sendable {
    private static let listShare = 0.1
    private static let productShare = 0.05
    private static let giftShare = 0.2
    private static let products: UInt64 = 5

    let url: String
    let draws: SeededDraws

    /// The request number `number`, the same for the same seed.
    func request(_ number: UInt64) -> HTTPClientRequest {
        let kind = draws.fraction(at: number, for: 1)
        let product = draws.word(at: number, for: 2) % Self.products + 1
        if kind < Self.listShare { return HTTPClientRequest(url: url + "/products") }
        if kind < Self.listShare + Self.productShare { return HTTPClientRequest(url: url + "/products/\(product)") }
        var checkout = HTTPClientRequest(url: url + "/checkout")
        checkout.method = .POST
        checkout.headers.add(name: "content-type", value: "application/json")
        let quantity = draws.word(at: number, for: 3) % 3 + 1
        let gift = draws.fraction(at: number, for: 4) < Self.giftShare ? ", \"giftMessage\": \"Happy birthday\"" : ""
        checkout.body = .bytes(
            ByteBuffer(string: "{\"product\": \(product), \"quantity\": \(quantity)\(gift)}")
        )
        return checkout
    }
}
