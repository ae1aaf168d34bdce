import Foundation
import RealServers
import Testing

/// A release whose budget and canary are read from a real Prometheus that scrapes both versions.
@Suite struct PrometheusReleaseTests {
    private static let good = #"requests_total{outcome="good"}"#
    private static let bad = #"requests_total{outcome="bad"}"#

    private func pipeline(_ prometheus: String) -> String {
        """
        pipeline: measured
        environment: test
        slo:
          objective: availability
          target: 90%
          window: 1h
          good: {metric: requests_total, labels: {outcome: good}}
          total: {metric: requests_total}
        metrics:
          prometheus: {url: \(prometheus), label: version}
          baseline: stable
          candidate: canary
          every: 500ms
          timeout: 500ms
        budget: {minObserved: 1s, every: 500ms, burning: [], warnBelow: 0%}
        judge:
          errors:
            indicator: availability
            against: baseline
            trip: {ratioAbove: 1.5}
            during: [canary]
            every: 2s
            minSamples: 10
        steps:
          first:
            run: [./until, go-first]
            rollback: {run: [./mark, "0"]}
          second:
            run: [./mark, "0"]
            rollback: {run: [./mark, "0"]}
          canary:
            canary: {weights: [50], every: 50s, shift: [./mark, "0"]}
            rollback: {run: [./mark, "0"]}

        """
    }

    /// Both versions serve; from `harm` on the canary fails every third request.
    private func serve(_ stable: CountingPage, _ canary: CountingPage, harm: @escaping @Sendable () -> Bool) async {
        while !Task.isCancelled {
            stable.add(10, to: Self.good)
            canary.add(harm() ? 20 : 30, to: Self.good)
            canary.add(harm() ? 10 : 0, to: Self.bad)
            try? await Pause.briefly()
        }
    }

    @Test func aRealPrometheusOpensHoldsAndOpensTheGateAndConvictsTheCanary() async throws {
        let (stable, canary) = (try CountingPage(), try CountingPage())
        for page in [stable, canary] {
            page.add(0, to: Self.bad)
            page.add(0, to: Self.good)
        }
        let targets = [(stable, "stable"), (canary, "canary")].map { page, version in
            PrometheusServer.Target(port: page.port, labels: ["version": version])
        }
        try await PrometheusServer.running(targets) { prometheus in
            let tminus = try Tminus()
            try tminus.add(fixtures: "mark", "until")
            try tminus.write("p.yaml", pipeline(await prometheus.url))
            let folder = tminus.folder
            let traffic = Task {
                await serve(stable, canary) {
                    FileManager.default.fileExists(atPath: folder.appendingPathComponent("harm").path)
                }
            }
            defer { traffic.cancel() }
            let run = try await tminus.submit("p.yaml")
            let watch = try Watch(run, tminus)
            try await watch.event("budgetJudged", "first") { $0.text("judgement.verdict") == "pass" }
            try await watch.event("attemptRunning", "first")

            // The budget burns: more failures than one request in ten.
            stable.add(1_000_000, to: Self.bad)
            try await isGate(tminus, "fail")
            try tminus.write("go-first", "")
            let burnt = try await watch.event("budgetJudged", "second") { $0.text("judgement.verdict") == "fail" }
            #expect(burnt.text("judgement.reason").contains("below stopBelow 0%"), "\(burnt)")

            await prometheus.stop()
            let unread = try await watch.event("budgetJudged", "second") { $0.text("judgement.verdict") == "error" }
            #expect(unread.text("judgement.reason").contains("could not be"), "\(unread)")
            #expect(!tminus.lines("marks").contains { $0.contains("second forward") }, "the gate let a step through")

            // Back, and users are served so well that the budget is whole again.
            try await prometheus.start()
            stable.add(100_000_000, to: Self.good)
            try await watch.event("stepSucceeded", "second")

            try await watch.event("ruleJudged") { $0.text("judgement.verdict") == "pass" }
            try tminus.write("harm", "")
            let convicted = try await watch.event("ruleJudged") { $0.text("judgement.verdict") == "fail" }
            #expect(convicted.text("rule") == "errors", "\(convicted)")
            try await watch.event("rollbackStarted")
            #expect(await watch.ended() == 2)
            #expect(tminus.lines("marks").contains { $0.contains("end canary rollback") })
            let explained = try await tminus.run("explain", run)
            #expect(explained.status == 0 && explained.output.contains("errors"), "\(explained.output)")
        }
    }

    /// Waits until the gate reads so today.
    private func isGate(_ tminus: Tminus, _ verdict: String) async throws {
        let isSo = try await Waiting.until {
            try await tminus.run("budget", "show", "p.yaml", "--json").output.contains("\"verdict\":\"\(verdict)\"")
        }
        #expect(isSo, "the gate never said \(verdict)")
    }
}
