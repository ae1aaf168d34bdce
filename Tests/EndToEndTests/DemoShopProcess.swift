import Foundation
import FoundationNetworking

/// A started `demo-shop`, killed when the test drops it.
final class DemoShopProcess: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let executable = root.appendingPathComponent(".build/debug/demo-shop")
    static let migrations = root.appendingPathComponent("pipelines/checkout/migrations")

    private let process: Started

    var pid: Int32 { process.pid }

    init(_ arguments: [String], in folder: DemoShopFolder) throws {
        process = try Started(Self.executable.path, arguments, ProcessInfo.processInfo.environment, in: folder.url)
    }

    deinit {
        process.signal(SIGKILL)
    }

    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits for the end; false when the process still runs after 10 s.
    func ends() async -> Bool {
        await DemoShopFolder.becomes { !self.process.isRunning }
    }

    /// Runs to the end; the exit status and what was written to standard output.
    static func run(_ arguments: [String], in folder: DemoShopFolder) async throws -> Ended {
        try await Started(executable.path, arguments, ProcessInfo.processInfo.environment, in: folder.url).ended()
    }
}

/// A scratch folder with a shop's files; removed when the test drops it.
final class DemoShopFolder: Sendable {
    let url: URL

    /// Schema 0 leaves the database out, 1 and 2 apply that many migrations.
    ///
    /// - Throws: when the folder can't be made or a migration does not apply.
    init(schema: Int) async throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("demo-shop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for name in ["001_create_products.sql", "002_expand_gift_message.sql"].prefix(schema) { try await apply(name) }
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func apply(_ migration: String) async throws {
        let file = DemoShopProcess.migrations.appendingPathComponent(migration).path
        let ended = try await DemoShopProcess.run(["prepare", "--database", "shop.db", "--schema", file], in: self)
        guard ended.status == 0 else { throw DemoShopProblem("\(migration) did not apply") }
    }

    /// The port that a process writes to `name`, once it does.
    func port(_ name: String) async throws -> Int {
        var port: Int?
        for _ in 0..<1000 where port == nil {
            port = (try? String(contentsOfFile: path(name), encoding: .utf8))
                .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            if port == nil { try await Pause.briefly() }
        }
        guard let port else { throw DemoShopProblem("no port in \(name) after 10 s") }
        return port
    }

    /// Polls a condition for at most 10 s.
    static func becomes(_ condition: () async -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if await condition() { return true }
            try? await Pause.briefly()
        }
        return false
    }
}

struct DemoShopProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// One answer of a shop or a front.
struct DemoShopAnswer: Sendable {
    let status: Int
    let version: String?
    let retryAfter: String?
    let body: Data

    /// The body's JSON object; empty when it isn't one.
    var json: [String: any Sendable] {
        ((try? JSONSerialization.jsonObject(with: body)) as? [String: any Sendable]) ?? [:]
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    static func get(_ port: Int, _ path: String) async throws -> DemoShopAnswer {
        try await send(URLRequest(url: url(port, path)))
    }

    static func checkout(_ port: Int) async throws -> DemoShopAnswer {
        var request = URLRequest(url: try url(port, "/checkout"))
        request.httpMethod = "POST"
        request.httpBody = Data(#"{"product": 1, "quantity": 2, "giftMessage": "Congratulations"}"#.utf8)
        return try await send(request)
    }

    private static func url(_ port: Int, _ path: String) throws -> URL {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw DemoShopProblem("no URL: \(path)") }
        return url
    }

    private static func send(_ request: URLRequest) async throws -> DemoShopAnswer {
        let (body, response) = try await URLSession.shared.data(for: request)
        guard let http = response as? HTTPURLResponse else { throw DemoShopProblem("not an HTTP answer") }
        return DemoShopAnswer(
            status: http.statusCode,
            version: http.value(forHTTPHeaderField: "x-shop-version"),
            retryAfter: http.value(forHTTPHeaderField: "Retry-After"),
            body: body
        )
    }
}

/// The gap between two looks at a condition that another process makes true and gives no signal of.
enum Pause {
    static func briefly() async throws {
        try await Task.sleep(for: .milliseconds(10))  // tidy: allowed, because each look has a deadline and a condition
    }
}
