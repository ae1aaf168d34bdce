import Foundation
import Testing

/// Tags of repositories behind a real sshd and a real TLS server, by the built binary.
@Suite(.timeLimit(.minutes(10)))
struct GitHostTests {
    @Test func aTagIsRunAndTriggeredOverSSH() async throws {
        let shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.tag("v2")
        let host = try await GitHost.ssh(shop.tminus)
        let folder = shop.tminus.folder.path
        let url = "ssh://\(NSUserName())@127.0.0.1:\(host.port)\(folder)/shop.git"
        try shop.writePolicy(url: url, access: ", key: \(folder)/client, knownHosts: [\(folder)/known_hosts]")

        let triggered = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1")
        #expect(triggered.status == 0, "\(triggered.output)\(triggered.errors)")
        let access = ["--git-key", "client", "--known-hosts", "known_hosts"]
        let started = try shop.tminus.start(["run", "--repo", url, "--tag", "v2"] + access + ["pipelines/shop.yaml"])
        let ran = await started.ended()
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        // The same repository by another address: the same tag object makes no second run.
        let again = try await shop.tminus.start(
            ["run", "--repo", url + "/", "--tag", "v1"] + access + ["pipelines/shop.yaml"]
        ).ended()
        #expect(again.status == 1)
        #expect(again.errors.contains("tag v1 has made shop-1 already"), "\(again.errors)")
        #expect(try await shop.runs() == ["shop-1", "shop-2"])

        try shop.tminus.write("other_hosts", "[127.0.0.1]:1 \(shop.tminus.read("host_key.pub"))")
        let unknown = try await shop.tminus.start(
            ["run", "--repo", url, "--tag", "v2", "--git-key", "client", "--known-hosts", "other_hosts"]
                + ["pipelines/shop.yaml"]
        ).ended()
        #expect(unknown.status == 1, "an unknown host is never accepted: \(unknown.errors)")
    }

    @Test func aTagIsRunAndTriggeredOverTLSWithAnAuthorityOfItsOwn() async throws {
        let shop = try await TagShop()
        try await shop.tag("v1")
        try await shop.tag("v2")
        let host = try await GitHost.https(shop.tminus)
        let url = "https://localhost:\(host.port)/git/shop.git"
        try shop.writePolicy(url: url, access: ", authorities: [\(shop.tminus.folder.path)/ca.pem]")

        let ran = try await shop.tminus.run(
            "run", "--repo", "https://localhost:\(host.port)/git/shop", "--git-authority", "ca.pem", "--tag", "v1",
            "pipelines/shop.yaml")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        let triggered = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v2")
        #expect(triggered.status == 0, "\(triggered.output)\(triggered.errors)")
        let known = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1", "--no-wait")
        #expect(known.output.hasPrefix("shop-1 "), "\(known.output)\(known.errors)")
        #expect(try await shop.runs() == ["shop-1", "shop-2"])

        let untrusted = try await shop.tminus.run("run", "--repo", url, "--tag", "v1", "pipelines/shop.yaml")
        #expect(untrusted.status == 1, "an authority that nobody trusts is not trusted: \(untrusted.errors)")
    }
}
