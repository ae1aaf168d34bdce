import Foundation
import Hummingbird
import NIOCore
import Synchronization

/// The shop's HTTP interface.
struct ShopRoutes: Sendable {
    private static let productsRoute = "/products"
    private static let productRoute = "/products/:id"
    private static let checkoutRoute = "/checkout"

    private let version: ShopVersion
    private let database: ShopDatabase
    private let draws: SeededDraws
    private let counters: ShopCounters
    private let checkouts = CheckoutNumbers()

    init(version: ShopVersion, database: ShopDatabase, seed: UInt64) {
        self.version = version
        self.database = database
        draws = SeededDraws(seed: seed)
        counters = ShopCounters(
            version: version,
            routes: [Self.productsRoute, Self.productRoute, Self.checkoutRoute]
        )
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/products") { _, _ in
            await counted(Self.productsRoute) { try HTTPService.json(try await database.products()) }
        }
        router.get("/products/:id") { _, context in
            await counted(Self.productRoute) { try await product(context.parameters.get("id")) }
        }
        router.post("/checkout") { request, _ in
            await counted(Self.checkoutRoute) { try await checkout(request) }
        }
        router.get("/health") { _, _ in try await health() }
        router.get("/metrics") { _, _ in HTTPService.text(counters.prometheusText()) }
        return router
    }

    private func product(_ id: String?) async throws -> Response {
        guard let id = id.flatMap(Int64.init), let product = try await database.product(id: id) else {
            return HTTPService.text("no such product\n", status: .notFound)
        }
        return try HTTPService.json(product)
    }

    private func checkout(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: HTTPService.bodyBytesMax)
        guard let purchase = try? JSONDecoder().decode(Purchase.self, from: Data(body.readableBytesView)),
            Purchase.quantityRange.contains(purchase.quantity)
        else {
            return HTTPService.text(
                "expected {\"product\": 1, \"quantity\": 1...100, \"giftMessage\": \"optional\"}\n",
                status: .badRequest
            )
        }
        let fate = CheckoutFate.drawn(draws, number: checkouts.next(), version: version)
        if fate.isSlow { try await Task.sleep(for: .milliseconds(CheckoutFate.delayMilliseconds)) }
        switch fate.end {
        case .broken: return HTTPService.text("checkout failed\n", status: .internalServerError)
        case .declinedUpstream: return HTTPService.text("card processor failed\n", status: .badGateway)
        case .served: break
        }
        guard let receipt = try await database.store(purchase, keepsGiftMessages: version.keepsGiftMessages) else {
            return HTTPService.text("no such product\n", status: .notFound)
        }
        return try HTTPService.json(receipt, status: .created)
    }

    private struct Health: Encodable {
        let status: String
        let version: String
        let schema: Int
    }

    /// 200 `ok` when the tables are there, else 503 `noTables`.
    private func health() async throws -> Response {
        let schema = try await database.schemaVersion()
        return try HTTPService.json(
            Health(status: schema > 0 ? "ok" : "noTables", version: version.rawValue, schema: schema),
            status: schema > 0 ? .ok : .serviceUnavailable
        )
    }

    /// Answers and counts: a thrown error is a 500 that is counted like any other.
    private func counted(_ route: String, _ answer: () async throws -> Response) async -> Response {
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await answer()
        } catch {
            response = HTTPService.text("internal error\n", status: .internalServerError)
        }
        counters.record(route: route, status: response.status.code, took: started.duration(to: .now))
        response.headers[.shopVersion] = version.rawValue
        return response
    }
}

/// Numbers the checkouts of this process, from 0.
private final class CheckoutNumbers: Sendable {
    private let value = Atomic<UInt64>(0)

    func next() -> UInt64 {
        value.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
