import Foundation
import Testing

/// Many tags, each told of fifty times at once by webhooks and `POST /v1/triggers`: every tag makes one run.
///
/// 20 tags; `TMINUS_TAGS=1000 scripts/test --filter TagFloodTests` is the long form.
@Suite(.timeLimit(.minutes(60)))
struct TagFloodTests {
    private static let tags = ProcessInfo.processInfo.environment["TMINUS_TAGS"].flatMap { Int($0) } ?? 20
    private static let duplicates = 50
    /// Tags that are told of at once.
    private static let atOnce = 4

    @Test func everyTagMakesOneRunHoweverOftenItIsToldAtOnce() async throws {
        var shop = try await TagShop()
        let names = (1...Self.tags).map { "v1.\($0)" }
        for start in stride(from: 0, to: names.count, by: 100) {
            let some = names[start..<min(start + 100, names.count)]
            for name in some { try await shop.git("-C", "work", "tag", "-a", "-m", name, name) }
            try await shop.git(["-C", "work", "push", "--quiet", "origin"] + some)
        }
        try await shop.serve()
        let clock = ContinuousClock()
        let start = clock.now
        for start in stride(from: 0, to: names.count, by: Self.atOnce) {
            let some = Array(names[start..<min(start + Self.atOnce, names.count)])
            let answers = try await tell(some, shop)
            #expect(Set(answers).isSubset(of: [200, 201, 202]), "\(Set(answers))")
            #expect(answers.count == some.count * Self.duplicates)
        }
        let settled = try await untilSettled(shop)
        #expect(settled, "not every tag was looked at")
        let took = clock.now - start
        let runs = try await shop.tminus.run("run", "list", "--json", "--limit", "1000")
        let listed = (runs.json as? [String: Any])?["runs"] as? [[String: Any]] ?? runs.jsonLines
        #expect(listed.count == names.count)
        let started = try await started(shop)
        #expect(started.count == names.count)
        #expect(Set(started) == Set(names))
        print("\(names.count) tags, \(Self.duplicates) times each, took \(took); the engine: \(memory(shop))")
        await shop.stop()
    }

    /// For each tag: 30 triggers, 15 deliveries that a sender repeats, and 5 of their own.
    private func tell(_ tags: [String], _ shop: TagShop) async throws -> [Int] {
        let socket = shop.tminus.data.appendingPathComponent("socket").path
        guard let port = shop.port else { return [] }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for tag in tags {
                for number in 0..<Self.duplicates {
                    let body = #"{"repository":"shop","tag":"\#(tag)"}"#
                    let trigger = HTTPRequest("POST", "/v1/triggers", body: Array(body.utf8))
                    let isOwn = number >= 45
                    let delivery = TagShop.delivery(tag, id: isOwn ? "\(tag)-\(number)" : tag)
                    let isTrigger = number < 30
                    group.addTask {
                        try await OwnThread.run {
                            let connection =
                                isTrigger ? try HTTPConnection(socket: socket) : try HTTPConnection(port: port)
                            return try connection.send(isTrigger ? trigger : delivery).status
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Deliveries are worked on in the background: over when every run has ended and looks bring no more news.
    private func untilSettled(_ shop: TagShop) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(1_800)
        var (looks, same) = ("", 0)
        while ContinuousClock.now < deadline {
            let live = try await shop.tminus.run("run", "list", "--json", "--status", "running", "--limit", "1")
            let isQuiet = !live.output.contains("\"run\":")
            let last = try await Started(
                "/usr/bin/tail", ["-n1", "data/engine.log"], [:], in: shop.tminus.folder
            ).ended().output
            same = isQuiet && last == looks ? same + 1 : 0
            looks = last
            if same == 20 { return true }
        }
        return false
    }

    private func started(_ shop: TagShop) async throws -> [String] {
        let logs = shop.tminus.read("data/engine.log.1") + shop.tminus.read("data/engine.log")
        return logs.split(separator: "\n").filter { $0.contains("\"message\":\"tag started\"") }
            .compactMap { $0.firstMatch(of: /"tag":"([^"]+)"/).map { String($0.1) } }
    }

    private func memory(_ shop: TagShop) -> String {
        guard let pid = shop.tminus.enginePid,
            let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        else { return "memory unknown" }
        return status.split(separator: "\n").filter { $0.hasPrefix("VmHWM") || $0.hasPrefix("VmRSS") }
            .joined(separator: ", ")
    }
}
