import Foundation
import Testing

/// An engine under a policy that listens on TCP, and a token for each person.
struct Office {
    let tminus: Tminus
    let engine: Started
    private let address: String
    private var tokens: [String: String] = [:]

    /// - Parameter policy: `SELF` in it is the account that runs the engine, who may make tokens.
    init(_ tminus: Tminus, policy: String, people: String...) async throws {
        self.tminus = tminus
        try tminus.write("data/tminus.yaml", policy.replacingOccurrences(of: "SELF", with: NSUserName()))
        let modes: [(String, Int)] = [("data", 0o700), ("data/tminus.yaml", 0o600)]
        for (name, mode) in modes {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: tminus.folder.appendingPathComponent(name).path)
        }
        engine = try tminus.start(["serve", "--listen", "127.0.0.1:0"])
        var found: String?
        _ = try await Waiting.until {
            let lines = tminus.read("data/engine.log").split(separator: "\n")
            let line = lines.first { $0.contains("listening for tokens") }
            found = line?.firstMatch(of: /127\.0\.0\.1:[1-9][0-9]*/).map { "http://\($0.0)" }
            return found != nil
        }
        address = try #require(found)
        for person in people {
            let made = try await tminus.run("token", "create", person)
            try #require(made.status == 0, "\(made.errors)")
            tokens[person] = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    func run(_ person: String, _ arguments: String...) async throws -> Ended {
        var environment = tminus.environment
        environment["TMINUS_DATA"] = nil
        environment["TMINUS_ENGINE"] = address
        environment["TMINUS_TOKEN"] = tokens[person]
        return try await Started(Tminus.program.path, arguments, environment, in: tminus.folder).ended()
    }

    func close() async {
        engine.signal(SIGTERM)
        _ = await engine.ended()
    }
}
