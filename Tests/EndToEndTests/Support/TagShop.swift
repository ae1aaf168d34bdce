import Crypto
import Foundation
import TminusModel

/// A data directory with a policy, a bare repository `shop.git` beside it, and a clone `work` to tag in.
struct TagShop: Sendable {
    let tminus: Tminus
    /// The address of an engine that listens on TCP; nil until `serve`.
    private(set) var port: UInt16?
    private(set) var engine: Started?

    static let secret = "a secret of enough bytes"

    /// - Parameters:
    ///   - environment: what the trigger is for.
    ///   - access: keys of the repository beside its url, as YAML flow members that start with a comma.
    ///   - url: nil for the path of the bare repository.
    ///   - policy: more sections.
    init(
        environment: String = "staging", url: String? = nil, access: String = "", signature: String = "none",
        policy: String = ""
    ) async throws {
        tminus = try Tminus()
        try Started.write(Self.secret, to: tminus.folder.appendingPathComponent("secret"))
        try FileManager.default.createDirectory(at: tminus.data, withIntermediateDirectories: true)
        try writePolicy(url: url, access: access, signature: signature, environment: environment, more: policy)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tminus.data.path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: tminus.folder.path + "/secret")
        try tminus.write(
            "work/pipelines/shop.yaml",
            """
            pipeline: shop
            service: shop
            environment: staging
            onPage: [./page]
            steps:
              deploy: {run: [./place, now], effect: none}

            """)
        try tminus.write("work/pipelines/place", "#!/bin/sh\necho placed\n", executable: true)
        try tminus.write(
            "work/pipelines/page",
            """
            #!/bin/sh
            printf '%s\\n' "$TMINUS_PAGE_KEY $TMINUS_RUN $TMINUS_PAGE_REASON" >>\(tminus.folder.path)/paged

            """, executable: true)
        try await git("init", "--quiet", "--bare", "shop.git")
        try await git("init", "--quiet", "--initial-branch=main", "work")
        try await git("-C", "work", "add", "--all")
        try await git("-C", "work", "commit", "--quiet", "-m", "first")
        try await git("-C", "work", "remote", "add", "origin", "../shop.git")
        try await git("-C", "shop.git", "config", "tminus.repository", "shop")
    }

    func writePolicy(
        url: String? = nil, access: String = "", signature: String = "none", environment: String = "staging",
        more: String = ""
    ) throws {
        let secret = "{file: \(tminus.folder.path)/secret}"
        try tminus.write(
            "data/tminus.yaml",
            """
            repositories:
              shop: {url: "\(url ?? tminus.folder.path + "/shop.git")"\(access)}
            triggers:
              - repository: shop
                tags: "v*"
                signature: \(signature)
                pipeline: pipelines/shop.yaml
                environment: \(environment)
            webhooks:
              hub: {sender: github, repository: shop, secrets: \(secret)}
              any: {sender: generic, repository: shop, secrets: \(secret)}
            \(more)

            """)
    }

    @discardableResult
    func git(_ arguments: String...) async throws -> Ended { try await git(arguments) }

    @discardableResult
    func git(_ arguments: [String]) async throws -> Ended {
        var environment = tminus.environment
        environment["HOME"] = tminus.folder.path
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.org"
        }
        let ended = try await Started("/usr/bin/git", arguments, environment, in: tminus.folder).ended()
        guard ended.status == 0 else { throw WaitProblem("git \(arguments): \(ended.errors)") }
        return ended
    }

    /// An annotated tag, pushed.
    func tag(_ name: String) async throws {
        try await git("-C", "work", "tag", "-a", "-m", name, name)
        try await git("-C", "work", "push", "--quiet", "origin", name)
    }

    func runs() async throws -> [String] {
        let ended = try await tminus.run("run", "list", "--json")
        let runs = (ended.json as? [String: Any])?["runs"] as? [[String: Any]] ?? ended.jsonLines
        return runs.compactMap { $0["run"] as? String }.reversed()
    }

    /// Members of the control journal's events of a type.
    func audit(_ type: String) async throws -> [[String: Any]] {
        try await tminus.run("audit", "list", "--json").jsonLines.filter { $0["type"] as? String == type }
    }

    /// Starts an engine that listens on TCP; its port is known then.
    mutating func serve() async throws {
        engine = try tminus.start(["serve", "--listen", "127.0.0.1:0"])
        var found: UInt16?
        let tminus = tminus
        _ = try await Waiting.until {
            let lines = tminus.read("data/engine.log").split(separator: "\n")
            let line = lines.last { $0.contains("listening for tokens") }
            found = line?.firstMatch(of: /127\.0\.0\.1:([1-9][0-9]*)/).flatMap { UInt16($0.1) }
            return found != nil && lines.contains { $0.contains("the engine is ready") }
        }
        guard let found else { throw WaitProblem("no engine listens: \(tminus.read("data/engine.log"))") }
        port = found
    }

    func stop() async {
        engine?.signal(SIGTERM)
        _ = await engine?.ended()
    }

    static func sign(_ body: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(body.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return "sha256=" + code.map { String(format: "%02x", $0) }.joined()
    }

    /// A delivery of the webhook `any`, signed.
    static func delivery(_ tag: String, id: String, signature: String? = nil) -> HTTPRequest {
        let body = #"{"tag":"\#(tag)","id":"\#(id)"}"#
        return HTTPRequest(
            "POST", "/v1/webhooks/any", [("X-Tminus-Signature", signature ?? sign(body))], body: Array(body.utf8))
    }

    func post(_ request: HTTPRequest) async throws -> HTTPAnswer {
        guard let port else { throw WaitProblem("no engine listens") }
        return try await OwnThread.run { try HTTPConnection(port: port).send(request) }
    }
}
