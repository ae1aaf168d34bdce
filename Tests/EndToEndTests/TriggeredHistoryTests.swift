import Testing

/// A run that a trigger orders knows the past as one of `tminus run` does.
@Suite(.timeLimit(.minutes(10)))
struct TriggeredHistoryTests {
    @Test func afterFiveRunsATriggersPlanHasWhatItsStepsCost() async throws {
        let page = try MetricsPage()
        let shop = try await TagShop()
        try shop.tminus.write(
            "work/pipelines/shop.yaml",
            """
            pipeline: shop
            service: shop
            environment: staging
            slo:
              objective: availability
              target: 50%
              window: 1h
              good: {metric: requests_total, labels: {outcome: good}}
              total: {metric: requests_total}
            metrics: {baseline: \(page.url), every: 100ms, timeout: 100ms}
            budget: {minObserved: 200ms, every: 200ms, burning: [], reserve: 1%}
            steps:
              deploy:
                run: [./place, now]
                effect: none

            """)
        try shop.tminus.write("work/pipelines/place", "#!/bin/sh\nsleep 1\n", executable: true)
        try await shop.git("-C", "work", "add", "--all")
        try await shop.git("-C", "work", "commit", "--quiet", "-m", "measured")
        var knows = false
        // One whose measurements came late tells nothing: a few more than five may be needed.
        for number in 1...15 where !knows {
            try await shop.tag("v\(number)")
            let ended = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v\(number)")
            try #require(ended.status == 0, "\(ended.output)\(ended.errors)")
            knows = try await shop.tminus.export("shop-\(number)").first?.line.contains("\"pastCost\"") == true
            if knows { #expect(number > 5) }
        }
        #expect(knows)
    }
}
