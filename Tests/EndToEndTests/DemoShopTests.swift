import Foundation
import Testing

/// The demo's service, started as the demo starts it.
@Suite(.serialized)
struct DemoShopTests {
    @Test(arguments: ["v1.0.0", "v1.1.0", "v1.2.0-bad"], [1, 2])
    func everyVersionAnswersOnBothSchemas(version: String, schema: Int) async throws {
        let folder = try await DemoShopFolder(schema: schema)
        let shop = try Self.serve(version, in: folder)
        let port = try await folder.port("port")

        let health = try await DemoShopAnswer.get(port, "/health")
        #expect(health.status == 200)
        #expect(health.text == #"{"schema":\#(schema),"status":"ok","version":"\#(version)"}"#)
        let products = try await DemoShopAnswer.get(port, "/products")
        #expect(products.status == 200)
        #expect(products.version == version)
        #expect((try JSONSerialization.jsonObject(with: products.body) as? [Any])?.count == 5)
        #expect(try await DemoShopAnswer.get(port, "/products/2").text == #"{"id":2,"name":"Cup","priceCents":900}"#)
        #expect(try await DemoShopAnswer.get(port, "/products/99").status == 404)
        let receipt = try await DemoShopAnswer.checkout(port)
        let keeps = version != "v1.0.0" && schema == 2
        #expect(receipt.status == 201)
        #expect(receipt.text == #"{"giftMessageKept":\#(keeps),"order":1,"totalCents":8400}"#)
        shop.signal(SIGTERM)
        #expect(await shop.ends())
    }

    @Test func aRunningShopUsesAColumnAsSoonAsAMigrationAddsIt() async throws {
        let folder = try await DemoShopFolder(schema: 1)
        let shop = try Self.serve("v1.1.0", in: folder)
        let port = try await folder.port("port")
        #expect(try await DemoShopAnswer.checkout(port).json["giftMessageKept"] as? Bool == false)
        try await folder.apply("002_expand_gift_message.sql")
        #expect(try await DemoShopAnswer.checkout(port).json["giftMessageKept"] as? Bool == true)
        shop.signal(SIGTERM)
        #expect(await shop.ends())
    }

    @Test func aShopDoesNotStartWithoutItsDatabase() async throws {
        let folder = try await DemoShopFolder(schema: 0)
        let ended = try await DemoShopProcess.run(
            ["serve", "--version", "v1.0.0", "--database", "shop.db"], in: folder)
        #expect(ended.status == 1)
    }

    @Test func theBadVersionFailsAndSlowsOnlyCheckoutsAndCountsThem() async throws {
        let bad = try await Self.counts(version: "v1.2.0-bad", seed: 3, checkouts: 100)
        let good = try await Self.counts(version: "v1.1.0", seed: 3, checkouts: 100)
        // The same seed gives the same failures: these are the numbers of seed 3.
        #expect((bad.total, bad.failed, bad.good) == (100, 8, 92))
        #expect((good.total, good.failed, good.good) == (100, 2, 98))
        // 58 draws are fast; a busy machine can only make it fewer.
        #expect((40...58).contains(bad.fast))
        #expect((80...98).contains(good.fast))
        #expect(bad.productsGood == 50)
    }

    @Test func theFrontSplitsByTheWeightAndClosesForMaintenance() async throws {
        let folder = try await DemoShopFolder(schema: 2)
        let baseline = try Self.serve("v1.0.0", in: folder, portFile: "baseline")
        let candidate = try Self.serve("v1.1.0", in: folder, portFile: "candidate")
        let basePort = try await folder.port("baseline")
        let candidatePort = try await folder.port("candidate")
        let front = try DemoShopProcess(
            [
                "front", "--baseline", "http://127.0.0.1:\(basePort)",
                "--candidate", "http://127.0.0.1:\(candidatePort)", "--weight-file", "weight",
                "--maintenance-file", "maintenance", "--port-file", "front",
            ],
            in: folder
        )
        let port = try await folder.port("front")
        let address = "http://127.0.0.1:\(port)"
        for weight in [0, 25, 50, 100] {
            let set = ["weight", "\(weight)", "--file", "weight", "--front", address]
            #expect(try await DemoShopProcess.run(set, in: folder).status == 0)
            var versions: [String: Int] = [:]
            for _ in 0..<40 {
                let version = try await DemoShopAnswer.get(port, "/products").version ?? "none"
                versions[version, default: 0] += 1
            }
            #expect(versions["v1.1.0", default: 0] == 40 * weight / 100)
            #expect(versions["v1.0.0", default: 0] == 40 - 40 * weight / 100)
        }
        let counted = try await DemoShopAnswer.get(candidatePort, "/metrics").text
        let close = ["maintenance", "closed", "--file", "maintenance", "--front", address]
        #expect(try await DemoShopProcess.run(close, in: folder).status == 0)
        let closed = try await DemoShopAnswer.get(port, "/products")
        #expect(closed.status == 503)
        #expect(closed.retryAfter == "5")
        #expect(try await DemoShopAnswer.get(candidatePort, "/metrics").text == counted)
        let open = ["maintenance", "open", "--file", "maintenance", "--front", address]
        #expect(try await DemoShopProcess.run(open, in: folder).status == 0)
        let status = try await DemoShopProcess.run(["status", "--front", address], in: folder)
        #expect(status.output == "weight 100, maintenance open\n")
        let sale = try await DemoShopProcess.run(["buy", "--url", address], in: folder)
        #expect(sale.output == "v1.1.0 sold order 1, gift message kept: true\n")
        // A dead candidate is seen as such: nothing else stands in for it.
        candidate.signal(SIGTERM)
        #expect(await candidate.ends())
        #expect(try await DemoShopAnswer.get(port, "/products").status == 502)
        for process in [front, baseline] { process.signal(SIGTERM) }
        #expect(await front.ends())
        #expect(await baseline.ends())
    }

    @Test func theKeeperReplacesVersionsAndLeavesNothingBehind() async throws {
        let folder = try await DemoShopFolder(schema: 1)
        let keeper = try DemoShopProcess(["keeper", "--directory", ".", "--database", "shop.db"], in: folder)
        #expect(await DemoShopFolder.becomes { FileManager.default.fileExists(atPath: folder.path("slots/candidate")) })
        var port = 0
        for version in ["v1.0.0", "v1.1.0"] {
            let deploy = ["deploy", "--slot", "candidate", "--version", version, "--directory", "."]
            #expect(try await DemoShopProcess.run(deploy, in: folder).status == 0)
            let bound = try await folder.port("slots/candidate/port")
            #expect(port == 0 || port == bound)
            port = bound
            #expect(try await DemoShopAnswer.get(port, "/health").json["version"] as? String == version)
        }
        let unknown = ["deploy", "--slot", "candidate", "--version", "v9", "--directory", "."]
        #expect(try await DemoShopProcess.run(unknown, in: folder).status == 64)
        // Even a keeper that is killed takes its shops along.
        keeper.signal(SIGKILL)
        #expect(await DemoShopFolder.becomes { (try? await DemoShopAnswer.get(port, "/health")) == nil })
    }

    @Test func theLoadGeneratorKeepsItsRateAndStopsWhenAsked() async throws {
        let folder = try await DemoShopFolder(schema: 1)
        let shop = try Self.serve("v1.0.0", in: folder)
        let port = try await folder.port("port")
        let load = ["load", "--url", "http://127.0.0.1:\(port)", "--rate", "50", "--seconds", "2", "--seed", "3"]
        let ended = try await DemoShopProcess.run(load, in: folder)
        #expect(ended.status == 0)
        let summary = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        #expect(summary?["requests"] as? Int == 100)
        #expect(summary?["unanswered"] as? Int == 0)
        #expect((summary?["byVersion"] as? [String: Int]) == ["v1.0.0": 100])
        let endless = try DemoShopProcess(["load", "--url", "http://127.0.0.1:\(port)"], in: folder)
        let before = try await DemoShopAnswer.get(port, "/metrics").text
        #expect(await DemoShopFolder.becomes { (try? await DemoShopAnswer.get(port, "/metrics").text) != before })
        endless.signal(SIGTERM)
        #expect(await endless.ends())
        shop.signal(SIGTERM)
        #expect(await shop.ends())
    }

    @Test func aBackupIsRestoredBeforeItIsAttested() async throws {
        let folder = try await DemoShopFolder(schema: 2)
        let command = [
            "backup", "--database", "shop.db", "--directory", "one", "--second-directory", "two",
            "--attestation", "backup.json",
        ]
        #expect(try await DemoShopProcess.run(command, in: folder).status == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("backup.json")))
        let evidence = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let location = try #require(evidence["location"] as? String)
        let copy = try Data(contentsOf: URL(fileURLWithPath: location))
        #expect(evidence["size"] as? Int == copy.count)
        #expect((evidence["sha256"] as? String)?.count == 64)
        #expect((evidence["copies"] as? [Any])?.count == 3)
        let test = try #require(evidence["restore_test"] as? [String: Any])
        #expect(test["ok"] as? Bool == true)
        #expect((test["rows"] as? [String: Int]) == ["product": 5, "purchase": 0])
        let nothing = try await DemoShopFolder(schema: 0)
        #expect(try await DemoShopProcess.run(command, in: nothing).status == 1)
    }

    private static func serve(
        _ version: String,
        in folder: DemoShopFolder,
        portFile: String = "port",
        seed: Int = 1
    ) throws -> DemoShopProcess {
        try DemoShopProcess(
            [
                "serve", "--version", version, "--database", "shop.db", "--port-file", portFile, "--seed", "\(seed)",
            ],
            in: folder
        )
    }

    private struct Counts {
        var failed = 0
        var total = 0
        var good = 0
        var fast = 0
        var productsGood = 0
    }

    /// Sends checkouts and 50 looks at the list; what the sender saw fail, and what the shop counted.
    private static func counts(version: String, seed: Int, checkouts: Int) async throws -> Counts {
        let folder = try await DemoShopFolder(schema: 2)
        let shop = try serve(version, in: folder, seed: seed)
        let port = try await folder.port("port")
        var counts = Counts()
        counts.failed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<checkouts {
                group.addTask { try await DemoShopAnswer.checkout(port).status >= 500 ? 1 : 0 }
            }
            return try await group.reduce(0, +)
        }
        for _ in 0..<50 { _ = try await DemoShopAnswer.get(port, "/products") }
        for line in try await DemoShopAnswer.get(port, "/metrics").text.split(separator: "\n") {
            let value = line.split(separator: " ").last.flatMap { Int($0) } ?? 0
            let labels = "{route=\"/checkout\",version=\"\(version)\"}"
            if line.hasPrefix("shop_requests_total\(labels)") { counts.total = value }
            if line.hasPrefix("shop_requests_good_total\(labels)") { counts.good = value }
            if line.hasPrefix("shop_requests_fast_total\(labels)") { counts.fast = value }
            if line.hasPrefix("shop_requests_good_total{route=\"/products\",") { counts.productsGood = value }
        }
        shop.signal(SIGTERM)
        _ = await shop.ends()
        return counts
    }
}
