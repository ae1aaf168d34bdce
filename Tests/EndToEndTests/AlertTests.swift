import Glibc
import Testing

/// Burn alerts of a real engine: over SIGKILL, while nothing can be measured, and through a backup.
@Suite struct AlertTests {
    private func pipeline(_ page: MetricsPage) -> String {
        """
        pipeline: measured
        environment: test
        slo:
          objective: availability
          target: 99%
          window: 1h
          good: {metric: requests_total, labels: {outcome: good}}
          total: {metric: requests_total}
        metrics: {baseline: \(page.url), every: 100ms, timeout: 100ms}
        budget: {minObserved: 500ms, every: 200ms, burning: []}
        steps:
          first: {run: [/bin/true], effect: none}

        """
    }

    private func alert(_ tminus: Tminus, _ isWanted: ([String: Any]) -> Bool) async throws -> [String: Any]? {
        var found: [String: Any]?
        _ = try await Waiting.until {
            let shown = try await tminus.run("budget", "show", "p.yaml", "--json").json as? [String: Any]
            let alerts = shown?["alerts"] as? [[String: Any]] ?? []
            found = alerts.first { $0["name"] as? String == "fast" && isWanted($0) }
            return found != nil
        }
        return found
    }

    @Test func aFiringAlertOutlivesSIGKILLAndSilenceAndIsInTheBackup() async throws {
        let page = try MetricsPage()
        let tminus = try Tminus()
        try tminus.write("p.yaml", pipeline(page))
        let engine = try tminus.start(["serve"])
        #expect(try await Waiting.until { tminus.enginePid == engine.pid })
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        #expect(await watch.ended() == 0)
        page.become(.failing)
        let firing = try #require(try await alert(tminus) { $0["state"] as? String == "firing" })
        engine.signal(SIGKILL)
        _ = await engine.ended()
        page.stop()
        let second = try tminus.start(["serve"])
        #expect(try await Waiting.until { tminus.enginePid == second.pid })
        let frozen = try #require(try await alert(tminus) { $0["unmeasuredSinceMilliseconds"] != nil })
        #expect(frozen["state"] as? String == "firing")
        #expect(frozen["sinceMilliseconds"] as? Int == firing["sinceMilliseconds"] as? Int)
        let backedUp = try await tminus.run("store", "backup", "backup.sqlite")
        #expect(backedUp.status == 0, "\(backedUp.errors)")
        second.signal(SIGTERM)
        _ = await second.ended()
        let kept = tminus.read("data/alerts.json")
        #expect(kept.contains("availability/fast") && !kept.contains("127.0.0.1"))
        let restored = try await tminus.run("store", "restore", "backup.sqlite")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(tminus.read("data/alerts.json") == kept)
    }
}
