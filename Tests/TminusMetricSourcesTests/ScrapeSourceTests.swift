import Hummingbird
import NIOCore
import RawHTTP
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct ScrapeSourceTests {
    private let requests = CounterSelector(metric: "requests_total")

    @Test func aHealthyServiceIsRead() async throws {
        let router = Router()
        router.get("metrics") { _, _ in BadPage.good }
        let (ports, news) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in news.yield(channel.localAddress?.port ?? 0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = try #require(await ports.first { _ in true })
            let failed = CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "500")])
            let values = try await ScrapeSource().read(
                [requests, failed], from: "http://127.0.0.1:\(port)/metrics", timeout: .seconds(10)
            )
            #expect(
                values == [
                    CounterValue(
                        selector: requests,
                        series: [.init(identity: "code=200", count: 90), .init(identity: "code=500", count: 10)]
                    ),
                    CounterValue(selector: failed, series: [.init(identity: "code=500", count: 10)]),
                ]
            )
            group.cancelAll()
        }
    }

    @Test func aChunkedAnswerIsRead() async throws {
        let server = try RawServer { connection in
            let length = String(BadPage.good.utf8.count, radix: 16)
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.write("\(length)\r\n\(BadPage.good)\r\n0\r\n\r\n")
        }
        let values = try await ScrapeSource().read([requests], from: server.url, timeout: .seconds(10))
        #expect(values.map { $0.series.map(\.count) } == [[90, 10]])
    }

    @Test func aPageThatSaysItsEndNeedsNoLength() async throws {
        let server = try RawServer { $0.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(BadPage.good)# EOF\n") }
        let values = try await ScrapeSource().read([requests], from: server.url, timeout: .seconds(10))
        #expect(values.map { $0.series.map(\.count) } == [[90, 10]])
    }

    @Test(arguments: BadPage.all)
    func aBadAnswerNeverYieldsCounts(page: BadPage) async throws {
        let server = try RawServer(page.behaviour)
        // Long enough that only what really hangs is late.
        let timeout: Duration = page.code == .timeout ? .milliseconds(400) : .seconds(20)
        do throws(MetricError) {
            let values = try await ScrapeSource().read([requests], from: server.url, timeout: timeout)
            Issue.record("\(page.name) gave \(values)")
        } catch {
            #expect(error.code == page.code, "\(error)")
            #expect(error.description.hasPrefix("\(server.url): "), "\(error)")
        }
    }

    @Test func thereAreAtLeast25BadAnswersWithDistinctNames() {
        #expect(Set(BadPage.all.map(\.name)).count == BadPage.all.count)
        #expect(BadPage.all.count >= 25)
    }

    @Test func nothingListeningIsUnreachable() async throws {
        let url = try RawServer.refusingURL()
        await #expect(throws: MetricError.self) {
            try await ScrapeSource().read([requests], from: url, timeout: .seconds(10))
        }
        do throws(MetricError) {
            _ = try await ScrapeSource().read([requests], from: url, timeout: .seconds(10))
        } catch {
            #expect(error.code == .unreachable)
        }
    }

    @Test(arguments: [
        "", "file:///etc/passwd", "127.0.0.1:80/metrics", "http://", "http:///metrics", "http://a b/", "unix:/x",
    ])
    func anAddressThatIsNoURLIsRefused(address: String) async throws {
        do throws(MetricError) {
            _ = try await ScrapeSource().read([requests], from: address, timeout: .seconds(10))
            Issue.record("read \(address)")
        } catch {
            #expect(error.code == .refused)
        }
    }

    @Test func aPasswordOrTokenInTheAddressIsNotRepeated() async throws {
        let server = try RawServer { $0.answer("500 No", body: "") }
        do throws(MetricError) {
            _ = try await ScrapeSource().read(
                [requests], from: "http://me:hunter2@127.0.0.1:\(server.port)/metrics?token=hunter3",
                timeout: .seconds(10)
            )
        } catch {
            #expect(error.description == "\(server.url): answered 500 instead of 200")
        }
    }
}
