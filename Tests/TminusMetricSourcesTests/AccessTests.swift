import Foundation
import RawHTTP
import RealServers
import Synchronization
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct AccessTests {
    private final class Heads: Sendable {
        private let all = Mutex<[String]>([])
        func note(_ head: String) { all.withLock { $0.append(head) } }
        var last: String { all.withLock { $0.last ?? "" } }
    }

    private func head(_ access: MetricAccess) async throws -> String {
        let heads = Heads()
        let server = try RawServer { connection in
            heads.note(connection.head)
            connection.answer(body: #"{"counts":{"good":90,"total":100}}"#)
        }
        _ = try await OriginSource(environment: []).counts(
            .about(.json(url: server.url + "?team=a", access: access), JSONBench.indicator, arm: "v1 & more"))
        return heads.last
    }

    @Test func secretsAreReadWhenTheyAreUsedAndSentAsHeaders() async throws {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        try "first\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try await head(.bearer(.file(path))).contains("\r\nAuthorization: Bearer first\r\n"))
        try "second".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try await head(.bearer(.file(path))).contains("\r\nAuthorization: Bearer second\r\n"))
        #expect(
            try await head(.basic(user: "ada", password: .file(path)))
                .contains("\r\nAuthorization: Basic YWRhOnNlY29uZA==\r\n"))
    }

    @Test func aQuestionIsPartOfTheAddress() async throws {
        setenv("TMINUS_TEST_ACCESS", "t", 1)
        let head = try await head(.bearer(.environment("TMINUS_TEST_ACCESS")))
        #expect(
            head.hasPrefix(
                "GET /metrics?team=a&from=1763639940&to=1763640000&arm=v1%20%26%20more&indicator=availability"
                    + "&service=shop HTTP/1.1\r\n"))
    }

    @Test(arguments: ["a\nb", "a b", "", "\u{7F}x", "a\r\nX-Evil: 1"])
    func aSecretThatNoHeaderCanCarryIsRefusedWithoutSayingIt(secret: String) async throws {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        try secret.write(toFile: path, atomically: true, encoding: .utf8)
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                .about(.json(url: "http://127.0.0.1:1/x", access: .bearer(.file(path))), JSONBench.indicator))
            Issue.record("it was sent")
        } catch {
            #expect(error.code == .refused)
            #expect(secret.isEmpty || !error.description.contains(secret))
        }
    }

    @Test func aSecretThatIsNotThereIsRefusedByName() async throws {
        for source in [
            SecretReference.Source.file("/nowhere/token"), .environment("TMINUS_TEST_NOT_SET"), .file("/tmp"),
        ] {
            do throws(MetricError) {
                _ = try await OriginSource(environment: []).counts(
                    .about(.prometheus(url: "http://127.0.0.1:1", armLabel: nil, access: .bearer(source))))
                Issue.record("it was sent")
            } catch { #expect(error.code == .refused, "\(error)") }
        }
    }

    @Test(arguments: [
        "http://me:hunter2@127.0.0.1:1", "http://127.0.0.1:1/#x", "ftp://127.0.0.1", "127.0.0.1:9090", "http://a b",
        "http://127.0.0.1:1/?x=hunter2",
    ])
    func anAddressThatHoldsASecretOrIsNoneIsRefused(url: String) async throws {
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                .about(.prometheus(url: url, armLabel: nil, access: nil)))
            Issue.record("it was asked")
        } catch {
            #expect(error.code == .refused)
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test func aCertificateNobodyVouchesForIsNotTrusted() async throws {
        let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = await CommandRun(
            argv: [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "certificate",
                "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ], folder: folder, environment: plainEnvironment, timeout: .seconds(60)
        ).succeeded
        try #require(made)
        let port = try Loopback.freePort()
        let server = try PrivateProcess(
            "/usr/bin/openssl",
            ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", "certificate", "-key", "key", "-www"],
            folder: folder, log: folder + "/log")
        try await poll("openssl listens") { Loopback.isListening(port) }
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                .about(.json(url: "https://127.0.0.1:\(port)/", access: nil), JSONBench.indicator))
            Issue.record("it was trusted")
        } catch {
            #expect(error.code == .unreachable, "\(error)")
            #expect(error.description.lowercased().contains("certificate"), "\(error)")
        }
        await server.stop()
    }
}

extension CommandRun {
    fileprivate var succeeded: Bool {
        get async {
            do throws(MetricError) {
                _ = try await output()
                return true
            } catch { return false }
        }
    }
}
