import Testing

/// A gate without data never passes, whatever the reason; and the way back needs no data.
@Suite struct MetricsTests {
    struct Illness: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Nil: nobody listens any more.
        let answer: MetricsPage.Answer?
    }

    static let illnesses = [
        Illness(testDescription: "down", answer: nil),
        Illness(testDescription: "closes the connection", answer: .silence),
        Illness(testDescription: "a page of HTML", answer: .text("<html><body>502 Bad Gateway</body></html>\n")),
        Illness(testDescription: "truncated", answer: .truncated),
        Illness(testDescription: "empty", answer: .text("")),
        Illness(
            testDescription: "NaN",
            answer: .text("requests_total{outcome=\"good\"} NaN\nrequests_total{outcome=\"bad\"} NaN\n")),
    ]

    /// Two gated steps; between them the test makes the page ill.
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
          first:
            run: [./until, go-first]
            rollback: {run: [./mark, "0"]}
          second:
            run: [./mark, "0"]
            rollback: {run: [./mark, "0"]}

        """
    }

    @Test(arguments: illnesses)
    func withoutDataNoGatePassesAndRollbackStillWorks(_ illness: Illness) async throws {
        let page = try MetricsPage()
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write("p.yaml", pipeline(page))
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "first")
        if let answer = illness.answer { page.become(answer) } else { page.stop() }
        let isSeen = try await Waiting.until {
            let shown = try await tminus.run("budget", "show", "p.yaml", "--json").output
            return !shown.isEmpty && !shown.contains("\"verdict\":\"pass\"")
        }
        #expect(isSeen)
        try tminus.write("go-first", "")
        try await watch.event("stepSucceeded", "first")
        let held = try await watch.event("budgetJudged", "second") { $0.text("judgement.verdict") != "pass" }
        #expect(["noData", "error", "inconclusive"].contains(held.text("judgement.verdict")), "\(held)")
        #expect(held.text("judgement.reason").count > 20, "\(held)")
        let status = try await tminus.run("status", run)
        #expect(status.status == 3, "\(status.output)\(status.errors)")
        #expect(status.output.contains("second"))

        let asked = try await tminus.run("rollback", run, "--reason", "no data")
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(await watch.ended() == 2)
        #expect(!tminus.lines("marks").contains { $0.contains("second forward") }, "the gate let a step through")
        #expect(tminus.lines("marks").contains("end first rollback 1"))
    }

    @Test func withNothingToReadFromTheStartNothingStarts() async throws {
        let page = try MetricsPage()
        page.stop()
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write("p.yaml", pipeline(page))
        let ended = try await tminus.run("run", "p.yaml", "--no-wait")
        #expect(ended.status == 3, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("first is held"), "\(ended.errors)")
        #expect(ended.errors.contains("could not be"), "\(ended.errors)")
        let allowed = try await tminus.run("go", "measured-1", "first", "--reason", "hurry")
        #expect(allowed.status == 0, "a person may say go, and signs for it: \(allowed.errors)")
        try tminus.write("go-first", "")
        let watch = try Watch("measured-1", tminus)
        #expect(try await watch.event("goGiven", "first").text("reason") == "hurry")
        try await watch.event("stepSucceeded", "first")
        #expect(!tminus.lines("marks").contains { $0.contains("second") })
    }
}
