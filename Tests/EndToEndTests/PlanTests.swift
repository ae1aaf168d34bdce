import Foundation
import Testing

/// What is shown before anything is done.
@Suite struct PlanTests {
    private static let whole = """
        pipeline: shop
        environment: production
        slo:
          objective: availability
          target: 99%
          window: 1h
          good: {metric: requests_total, labels: {outcome: good}}
          total: {metric: requests_total}
        metrics: {baseline: PAGE, every: 100ms, timeout: 100ms}
        budget: {minObserved: 300ms, burning: []}
        T-1:
          steps:
            fetch: {run: [./mark, "0"], effect: none}
            go: {approve: {from: [ann, "group:release"], count: 2, expires: 12h}}
        T-0:
          window: {from: "02:00", until: "04:00", zone: Asia/Tokyo}
          steps:
            left: {run: [./mark, "0"], rollback: {run: [./mark, --undo-left]}}
            right: {run: [./mark, "0"], needs: [], rollback: {run: [./mark, --undo-right]}}
            publish: {run: [./mark, "0"], needs: [left, right], pivot: true}
            announce: {run: [./mark, "0"]}

        """

    private func bench(_ page: String = "http://127.0.0.1:1/metrics") throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark")
        try tminus.write("p.yaml", Self.whole.replacingOccurrences(of: "PAGE", with: page))
        return tminus
    }

    @Test func aPlanShowsAllThatARunWouldDo() async throws {
        let tminus = try bench()
        let ended = try await tminus.run("plan", "p.yaml")
        #expect(ended.status == 0, "\(ended.errors)")
        for part in [
            "T-1", "T-0", "2 approvals from ann, group:release", "within 12h", "02:00", "04:00", "Asia/Tokyo",
            "Inverse plan",
            "--undo-left", "--undo-right", "point of no return: publish",
        ] {
            #expect(ended.output.contains(part), "no '\(part)' in:\n\(ended.output)")
        }
        // Nobody listens there: today's value is that there is none, and why.
        let now = ended.output.split(separator: "\n").first { $0.contains("now:") } ?? ""
        #expect(!now.contains("pass"), "\(now)")
        #expect(now.count > 20, "\(now)")
        let json = try await tminus.run("plan", "p.yaml", "--json")
        #expect(json.json is [String: Any])
    }

    @Test func aPlanHasTodaysValues() async throws {
        let page = try MetricsPage()
        let tminus = try bench(page.url)
        // The first question starts the watching; the answer needs a few readings.
        var shown = ""
        let isKnown = try await Waiting.until {
            shown = try await tminus.run("plan", "p.yaml").output
            return shown.contains("% of the budget") || shown.contains("budget left") || shown.contains("now: pass")
        }
        #expect(isKnown, "\(shown)")
    }

    @Test func aProductionStepWithoutAWayBackDoesNotValidate() async throws {
        let tminus = try bench()
        try tminus.write(
            "bad.yaml",
            """
            pipeline: shop
            environment: production
            steps:
              deploy: {run: [./mark, "0"]}
              publish: {run: [./mark, "0"], pivot: true}

            """)
        for command in [["pipeline", "validate", "bad.yaml"], ["plan", "bad.yaml"], ["run", "bad.yaml"]] {
            let ended = try await tminus.start(command).ended()
            #expect(ended.status == 65)
            #expect(ended.errors.contains("bad.yaml:4:3: error: "), "\(ended.errors)")
            #expect(ended.errors.contains("rollback"), "\(ended.errors)")
            #expect(ended.errors.components(separatedBy: ": error: ").count == 2, "\(ended.errors)")
        }
        #expect(!tminus.exists("data"))
    }

    @Test func aPipelineIsDrawnInThreeWays() async throws {
        let tminus = try bench()
        let terminal = try await tminus.run("pipeline", "graph", "p.yaml")
        #expect(terminal.status == 0 && terminal.output.contains("left") && terminal.output.contains("T-0"))
        let mermaid = try await tminus.run("pipeline", "graph", "p.yaml", "--as", "mermaid")
        #expect(mermaid.output.contains("flowchart") || mermaid.output.hasPrefix("graph"))
        let dot = try await tminus.run("pipeline", "graph", "p.yaml", "--as", "dot")
        #expect(dot.output.hasPrefix("digraph") && dot.output.contains("->"))
        #expect(!tminus.exists("data"))
    }

    @Test func theSchemaIsOneOfJSON() async throws {
        let tminus = try Tminus()
        let schema = try await tminus.run("pipeline", "schema")
        let object = try #require(schema.json as? [String: Any])
        #expect((object["$schema"] as? String)?.contains("json-schema.org") == true)
        #expect(schema.output.contains("\"pipeline\""))
    }

    @Test func everyPipelineOfTheRepositoryValidates() async throws {
        let tminus = try Tminus()
        let folder = Tminus.root.appendingPathComponent("pipelines")
        let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        let tops = names.filter { $0.hasSuffix(".yaml") && !$0.contains("slo") && $0 != "policy/tminus.yaml" }
        #expect(tops.count >= 3)
        for name in tops.sorted() {
            let ended = try await tminus.run("pipeline", "validate", folder.appendingPathComponent(name).path)
            #expect(ended.status == 0, "\(name): \(ended.errors)")
        }
    }
}
