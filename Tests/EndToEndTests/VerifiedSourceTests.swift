import Crypto
import Foundation
import Testing
import TminusModel

/// Under a policy the engine asks the repository what a tag says; orders that say otherwise are written raw to its
/// socket.
@Suite(.timeLimit(.minutes(10)))
struct VerifiedSourceTests {
    /// The order of a run that was made honestly, to be sent again with changes.
    private struct Order: Sendable {
        var plan: JSON
        var files: [JSON.Member]

        init(of run: String, _ shop: TagShop) async throws {
            guard let plan = try await shop.tminus.export(run).first?.json["plan"] else {
                throw WaitProblem("\(run) has no plan")
            }
            self.plan = plan
            files = ["page", "place", "shop.yaml"].map { name in
                let text = shop.tminus.read("work/pipelines/\(name)")
                return JSON.Member(Self.digest(Array(text.utf8)), .string(Data(text.utf8).base64EncodedString()))
            }
        }

        static func digest(_ bytes: [UInt8]) -> String {
            SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        }

        /// As whoever forges it would send it: with the digest that belongs to it.
        func request(_ change: (String) -> String = { $0 }) throws -> HTTPRequest {
            let text = change(String(decoding: plan.bytes, as: UTF8.self))
            let forged = try JSON(parsing: Array(text.utf8))
            let body = JSON.members([
                "plan": forged, "digest": .string(Self.digest(forged.bytes)), "files": .object(files),
                "again": .bool(true), "reason": .string("once more"),
                "changes": .array([
                    .members([
                        "commit": .string(String(repeating: "e", count: 40)), "summary": .string("harmless"),
                        "author": .string("Eve"), "committedMilliseconds": .integer(0),
                    ])
                ]),
            ])
            return HTTPRequest("POST", "/v1/runs", [("Content-Type", "application/json")], body: body.bytes)
        }
    }

    private static func send(_ request: HTTPRequest, _ shop: TagShop) async throws -> HTTPAnswer {
        let socket = shop.tminus.data.appendingPathComponent("socket").path
        return try await OwnThread.run { try HTTPConnection(socket: socket).send(request) }
    }

    @Test func forgedOrdersAreRefusedAndRecordedAndTheHonestOneRuns() async throws {
        var shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.serve()
        let address = "\(shop.tminus.folder.path)/shop.git"
        let ran = try await shop.tminus.run("run", "--repo", address, "--tag", "v1", "pipelines/shop.yaml")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        let order = try await Order(of: "shop-1", shop)

        let zeros = String(repeating: "0", count: 40)
        let work = "\(shop.tminus.folder.path)/work"
        let forgeries: [(says: String, change: @Sendable (String) -> String)] = [
            ("the tagger is", { $0.replacing("Ada <ada@example.org>", with: "Eve <eve@example.org>") }),
            ("the signer is nobody", { $0.replacing("\"tagger\"", with: "\"signer\":\"SHA256:eve\",\"tagger\"") }),
            ("the tree is", { $0.replacing(#/"tree":"[0-9a-f]{40}"/#, with: "\"tree\":\"\(zeros)\"") }),
            ("'steps' differs", { $0.replacing("\"now\"", with: "\"later\"") }),
            ("'service' differs", { $0.replacing("\"service\":\"shop\"", with: "\"service\":\"cart\"") }),
            ("the policy has no repository at", { $0.replacing(address, with: work) }),
        ]
        for forgery in forgeries {
            let answer = try await Self.send(try order.request(forgery.change), shop)
            #expect(answer.status == 409, "\(forgery.says): \(answer)")
            #expect(answer.text.contains(forgery.says), "\(forgery.says): \(answer)")
        }
        #expect(try await shop.runs() == ["shop-1"])
        let refused = try await shop.audit("orderRefused")
        #expect(refused.count == forgeries.count)
        #expect(refused.allSatisfy { $0["order"] as? String == "run shop" })

        // What it brings is what the engine finds, not what the order says.
        let honest = try await Self.send(try order.request(), shop)
        #expect(honest.status == 201, "\(honest)")
        let submitted = try await shop.tminus.export("shop-2").first
        #expect(submitted?.line.contains("harmless") == false)
        #expect(try await shop.tminus.run("audit", "verify").status == 0)
        await shop.stop()
    }

    @Test func whereThePolicyTrustsSignersAnOrderNamesTheOneWhoSigned() async throws {
        let shop = try await TagShop()
        let folder = shop.tminus.folder.path
        let key = try await Started(
            "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", "ada"], shop.tminus.environment,
            in: shop.tminus.folder
        ).ended()
        try #require(key.status == 0, "\(key.errors)")
        try shop.tminus.write("signers", "ada@example.org namespaces=\"git\" \(shop.tminus.read("ada.pub"))")
        try shop.writePolicy(access: ", allowedSigners: \(folder)/signers", signature: "required")
        let format = ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(folder)/ada"]
        try await shop.git(["-C", "work"] + format + ["tag", "-s", "-m", "one", "v1"])
        try await shop.git("-C", "work", "push", "--quiet", "origin", "v1")

        let order = ["--repo", folder + "/shop.git", "--tag", "v1"]
        let silent = try await shop.tminus.start(["run"] + order + ["pipelines/shop.yaml"]).ended()
        #expect(silent.status == 1)
        #expect(silent.errors.contains("the signer is \"SHA256:"), "\(silent.errors)")
        #expect(silent.errors.contains("and the plan says nobody"), "\(silent.errors)")
        #expect(silent.errors.contains("--allowed-signers FILE"), "\(silent.errors)")
        let checked = try await shop.tminus.start(
            ["run"] + order + ["--allowed-signers", "signers", "pipelines/shop.yaml"]
        ).ended()
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        let known = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1", "--no-wait")
        #expect(known.output.hasPrefix("shop-1 "), "\(known.output)\(known.errors)")
    }

    @Test func aHotfixFromATagIsVerifiedToo() async throws {
        let shop = try await TagShop()
        try await shop.tag("v1")
        let ended = try await shop.tminus.run(
            "hotfix", "--repo", "\(shop.tminus.folder.path)/shop.git", "--tag", "v1", "--incident", "INC-7",
            "pipelines/shop.yaml")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        let elsewhere = try await shop.tminus.run(
            "hotfix", "--repo", "\(shop.tminus.folder.path)/work", "--tag", "v1", "--incident", "INC-7",
            "pipelines/shop.yaml")
        #expect(elsewhere.status == 1)
        #expect(elsewhere.errors.contains("the policy has no repository at"), "\(elsewhere.errors)")
    }

    @Test func withoutAPolicyWhoeverStartsARunIsBelieved() async throws {
        var shop = try await TagShop()
        try await shop.tag("v1")
        try shop.tminus.remove("data/tminus.yaml")
        try await shop.serve()
        let address = "\(shop.tminus.folder.path)/shop.git"
        let ran = try await shop.tminus.run("run", "--repo", address, "--tag", "v1", "pipelines/shop.yaml")
        #expect(ran.status == 0, "\(ran.errors)")
        let order = try await Order(of: "shop-1", shop)
        let answer = try await Self.send(
            try order.request { $0.replacing("Ada <ada@example.org>", with: "Eve <eve@example.org>") }, shop)
        #expect(answer.status == 201, "\(answer)")
        await shop.stop()
    }

    @Test func aRepositoryThatThePolicyDoesNotHaveIsRefusedWithWhatToWrite() async throws {
        let shop = try await TagShop()
        try await shop.git("-C", "work", "tag", "v1")
        let elsewhere = "\(shop.tminus.folder.path)/work"
        let run = try await shop.tminus.run("run", "--repo", elsewhere, "--tag", "v1", "pipelines/shop.yaml")
        #expect(run.status == 1)
        #expect(run.errors.contains("'NAME: {url: \(elsewhere)}'"), "\(run.errors)")
        let trigger = try await shop.tminus.run(
            "trigger", "--repo", elsewhere, "--tag", "v1", "--pipeline", "pipelines/shop.yaml")
        #expect(trigger.status == 1)
        #expect(trigger.errors.contains("under 'repositories:'"), "\(trigger.errors)")
        #expect(try await shop.runs() == [])
    }

    @Test func aMovedTagPagesWhomItsRunNames() async throws {
        var shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.serve()
        #expect(try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1").status == 0)
        try await shop.git("-C", "work", "commit", "--quiet", "--allow-empty", "-m", "second")
        try await shop.git("-C", "work", "tag", "--force", "-a", "-m", "moved", "v1")
        try await shop.git("-C", "work", "push", "--quiet", "--force", "origin", "v1")
        for id in ["1", "2"] {
            #expect(try await shop.post(TagShop.delivery("v1", id: id)).status == 202)
        }
        #expect(try await Waiting.until { try await shop.audit("tagSeen").count == 3 })
        #expect(try await Waiting.until { !shop.tminus.lines("paged").isEmpty })
        let object = try await shop.git("-C", "work", "rev-parse", "v1").output.prefix(12)
        #expect(shop.tminus.lines("paged").count == 1)
        #expect(
            shop.tminus.read("paged").hasPrefix("tag-held:v1:\(object) shop-1 tag v1 of "),
            "\(shop.tminus.read("paged"))")
        let held = try await shop.audit("tagSeen").filter { $0["decision"] as? String == "held" }
        #expect(held.count == 2)
        #expect(
            held.allSatisfy { ($0["reason"] as? String)?.hasSuffix("whom shop-1 names in onPage is paged") == true })
        await shop.stop()
    }
}
