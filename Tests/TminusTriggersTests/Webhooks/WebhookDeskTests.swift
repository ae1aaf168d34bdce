import Foundation
import Synchronization
import TestClock
import Testing
import TminusModel
import TminusPorts
import TminusSimulation
import TminusTriggers

@Suite
struct WebhookDeskTests {
    /// A desk with webhooks and their secrets in files of a folder of its own.
    private final class Bench: Sendable {
        let store = MemoryControl()
        let clock = HandClock()
        let desk: WebhookDesk
        let lines: Lines
        private let folder: String

        init(_ sender: WebhookSpec.Sender, secrets: [String?], mode: Int = 0o600) throws {
            let folder = FileManager.default.temporaryDirectory.path + "/hooks-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            self.folder = folder
            let sources = try secrets.enumerated().map { number, secret in
                let path = "\(folder)/secret-\(number)"
                try Self.write(secret, path, mode: mode)
                return SecretReference.Source.file(path)
            }
            let hook = WebhookSpec(name: "shop", sender: sender, repository: "shop", secrets: sources)
            let lines = Lines()
            self.lines = lines
            let (store, clock) = (store, clock)
            let keptBox = Counter()
            counter = keptBox
            desk = WebhookDesk(
                WebhookDesk.Parts(
                    hook: { $0 == "shop" ? hook : nil }, store: store, now: { clock.now },
                    kept: { keptBox.add() }, log: { lines.add($0) }))
        }

        let counter: Counter

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        static func write(_ secret: String?, _ path: String, mode: Int = 0o600) throws {
            guard let secret else { return }
            try secret.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }

        func rotate(to secret: String) throws { try Self.write(secret, "\(folder)/secret-0") }

        func take(_ sent: Sent, _ name: String = "shop") async -> WebhookAnswer {
            if let refusal = desk.refusal(name, sent.headers) { return refusal }
            return await desk.take(name, sent.headers, body: sent.body)
        }

        func settleAll() async throws {
            for delivery in try await store.dueDeliveries(at: clock.now, limit: 100) {
                try await store.record(DeliveryWorker.after(delivery, .settled("run-1 started"), at: clock.now))
            }
        }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        func add(_ line: String) { kept.withLock { $0.append(line) } }
        var all: [String] { kept.withLock { $0 } }
    }

    private static let secret = String(decoding: Sent.secret, as: UTF8.self)
    private static let other = String(decoding: Sent.otherSecret, as: UTF8.self)

    @Test(arguments: WebhookSpec.Sender.allCases)
    func aTagIsKeptForTheRepositoryOfTheHook(_ sender: WebhookSpec.Sender) async throws {
        let bench = try Bench(sender, secrets: [Self.secret + "\n"])
        #expect(await bench.take(Sent.tag(sender)) == .accepted(tag: "v1.4.2"))
        let kept = try await bench.store.dueDeliveries(at: bench.clock.now, limit: 10)
        #expect(kept.map(\.repository) == ["shop"])
        #expect(kept.map(\.tag) == ["v1.4.2"])
        #expect(kept.map(\.sender) == ["shop"])
        #expect(bench.counter.value == 1)
        #expect(bench.lines.all.isEmpty)
    }

    @Test func fiftyAtOnceAreOne() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        let answers = await withTaskGroup(of: WebhookAnswer.self) { group in
            for _ in 0..<50 { group.addTask { await bench.take(.github()) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == .accepted(tag: "v1.4.2") } == 1)
        #expect(answers.count { $0 == .known(tag: "v1.4.2") } == 49)
        #expect(bench.counter.value == 1)
    }

    @Test func aDeliveryIsRememberedFor30Days() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        #expect(await bench.take(.github()) == .accepted(tag: "v1.4.2"))
        try await bench.settleAll()
        bench.clock.advance(by: .seconds(29 * 86_400))
        #expect(await bench.take(.github()) == .known(tag: "v1.4.2"))
        bench.clock.advance(by: .seconds(2 * 86_400))
        #expect(await bench.take(.github()) == .accepted(tag: "v1.4.2"))
    }

    @Test func whileSecretsChangeBothAreTaken() async throws {
        let bench = try Bench(.github, secrets: [Self.other, Self.secret])
        #expect(await bench.take(.github(id: "a")) == .accepted(tag: "v1.4.2"))
        #expect(await bench.take(.github(id: "b", secret: Sent.otherSecret)) == .accepted(tag: "v1.4.2"))
        #expect(await bench.take(.github(id: "c", secret: Array("a third one, not ours".utf8))) == .refused)
    }

    @Test func aSecretIsReadWhenItIsUsed() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        #expect(await bench.take(.github(id: "a")) == .accepted(tag: "v1.4.2"))
        try bench.rotate(to: Self.other)
        #expect(await bench.take(.github(id: "b")) == .refused)
        #expect(await bench.take(.github(id: "b", secret: Sent.otherSecret)) == .accepted(tag: "v1.4.2"))
    }

    @Test(arguments: [[], [nil], [""], ["\n"], ["fifteen bytes.."], [nil, "short"]] as [[String?]])
    func aHookWithoutAUsableSecretIsOff(_ secrets: [String?]) async throws {
        let bench = try Bench(.github, secrets: secrets)
        #expect(await bench.take(.github()) == .unknown)
        #expect(await bench.take(.github(secret: [])) == .unknown)
        #expect(await bench.take(.github(secret: Array("fifteen bytes..".utf8))) == .unknown)
        #expect(bench.lines.all.last == "webhook shop is off, for it has no secret that can be used")
    }

    @Test func aSecretThatEverybodyMayReadIsNone() async throws {
        let bench = try Bench(.github, secrets: [Self.secret], mode: 0o644)
        #expect(await bench.take(.github()) == .unknown)
    }

    @Test func anUnknownHookIsAnsweredLikeOneThatIsOff() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        for name in ["", "other", "Shop", "../shop", String(repeating: "s", count: 100_000)] {
            #expect(await bench.take(.github(), name) == .unknown)
        }
        #expect(bench.lines.all.isEmpty)
    }

    @Test func whatIsSignedAndNoTagIsIgnored() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        #expect(await bench.take(.github(isDeleted: true)) == .ignored("the tag was deleted"))
        #expect(await bench.take(.github("-rf", id: "x")) != .accepted(tag: "-rf"))
        #expect(try await bench.store.dueDeliveries(at: .distantFuture, limit: 10).isEmpty)
    }

    @Test func refusalsAreLoggedOnceAMinuteWithoutWhatTheySaid() async throws {
        let bench = try Bench(.github, secrets: [Self.secret])
        let forged = Sent.github("v6.6.6", secret: Sent.otherSecret)
        for _ in 0..<1_000 { #expect(await bench.take(forged) == .refused) }
        let line = "webhook shop: a delivery was refused, for its signature is not made with the secret"
        #expect(bench.lines.all == [line])
        bench.clock.advance(by: .seconds(60))
        #expect(await bench.take(forged) == .refused)
        #expect(bench.lines.all == [line, line + " (and 999 times more since the last such line)"])
    }
}
