import Foundation
import RealServers
import TestClock
import Testing
import TminusEngine
import TminusJudgement
import TminusMetricSources
import TminusModel
import TminusPorts

private var wallClock: Instant {
    Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000))
}

/// Against a real Prometheus that reads real pages.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct RealPrometheusTests {
    private static let served = #"requests_total{code="200"}"#
    private static let failed = #"requests_total{code="500"}"#

    /// The engine's gate over one Prometheus, at the time of the wall clock.
    private struct Gate {
        let engine: Engine
        let clock: HandClock
        let question: BudgetQuestion
        let policy: BudgetPolicy

        func reading() async -> (measurement: BudgetMeasurement, verdict: Verdict) {
            clock.advance(by: max(wallClock.since(clock.now), .zero))
            let measurement = await engine.measureBudget(question)
            return (measurement, BudgetGate(policy: policy, lookbackMin: .seconds(2)).judge(measurement).verdict)
        }
    }

    private func gate(over url: String) async throws -> Gate {
        var bench = TestBench()
        bench.clock = HandClock(at: wallClock)
        bench.counts = OriginSource(environment: [])
        let good = CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "200")])
        let indicator = Indicator(name: "availability", good: good, total: CounterSelector(metric: "requests_total"))
        var metrics = MetricEndpoints(baseline: "", every: .seconds(1))
        metrics.origin = .prometheus(url: url, armLabel: nil, access: nil)
        return Gate(
            engine: try await bench.started(), clock: bench.clock,
            question: BudgetQuestion(indicator: indicator, window: .seconds(10), metrics: metrics),
            policy: BudgetPolicy(
                objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
                window: .seconds(10), observedMin: .seconds(1)))
    }

    @Test func theGateOpensBurnsHoldsWhileNobodyAnswersAndOpensAgain() async throws {
        let page = try CountingPage()
        page.add(1_000, to: Self.served)
        page.add(3, to: Self.failed)
        try await PrometheusServer.running([.init(port: page.port)]) { prometheus in
            try await checkGate(prometheus, page)
        }
    }

    private func checkGate(_ prometheus: PrometheusServer, _ page: CountingPage) async throws {
        let gate = try await gate(over: prometheus.url)

        try await poll("the gate is open") {
            page.add(100, to: Self.served)
            return await gate.reading().verdict == .pass
        }
        let open = await gate.reading().measurement
        #expect(open.window.counted.map { $0.total > 100 && $0.bad == 0 } == true, "\(open)")
        #expect(open.observed >= .seconds(1))

        try await poll("the budget burns") {
            page.add(100, to: Self.served)
            page.add(50, to: Self.failed)
            return await gate.reading().verdict == .fail
        }
        let burning = await gate.reading().measurement
        #expect(burning.window.counted.map { $0.bad >= 50 && $0.total > $0.bad } == true, "\(burning)")

        await prometheus.stop()
        let unread = await gate.reading()
        #expect(unread.verdict == .error)
        guard case .error(let reason) = unread.measurement.window else {
            Issue.record("\(unread.measurement.window)")
            return
        }
        let url = await prometheus.url
        #expect(reason.hasPrefix("the service could not be read: \(url): "), "\(reason)")

        try await prometheus.start()
        try await poll("there are counts again") {
            page.add(100, to: Self.served)
            return await gate.reading().measurement.window.counted != nil
        }
        try await poll("the gate is open again") {
            page.add(100, to: Self.served)
            return await gate.reading().verdict == .pass
        }
    }

    @Test func bothVersionsHistogramsSlicesAndFailuresAreCounted() async throws {
        let (old, new) = (try CountingPage(), try CountingPage())
        for page in [old, new] {
            page.add(0, to: Self.served)
            page.add(0, to: #"latency_seconds_bucket{le="0.30"}"#)
            page.add(0, to: #"latency_seconds_bucket{le="+Inf"}"#)
            page.add(0, to: "latency_seconds_count")
            page.add(0, to: "latency_seconds_sum")
        }
        let begun = wallClock
        let targets = [
            PrometheusServer.Target(port: old.port, labels: ["version": "v1"]),
            PrometheusServer.Target(port: new.port, labels: ["version": "v2"]),
        ]
        try await PrometheusServer.running(targets) { prometheus in
            try await move(old, new)
            let origin = MetricOrigin.prometheus(url: await prometheus.url, armLabel: "version", access: nil)
            try await checkArms(origin, since: begun)
            try await checkHistograms(origin, since: begun)
            try await checkSlices(origin, since: begun)
        }
    }

    /// 200 requests each, a quarter of them slow on the new one, once both were read without.
    private func move(_ old: CountingPage, _ new: CountingPage) async throws {
        try await poll("both were read") { old.readCount > 3 && new.readCount > 3 }
        for (page, slow) in [(old, 0.0), (new, 50.0)] {
            page.add(200, to: Self.served)
            page.add(200 - slow, to: #"latency_seconds_bucket{le="0.30"}"#)
            page.add(200, to: #"latency_seconds_bucket{le="+Inf"}"#)
            page.add(200, to: "latency_seconds_count")
            page.add(40 + slow, to: "latency_seconds_sum")
        }
        let reads = (old.readCount, new.readCount)
        try await poll("both were read again") { old.readCount > reads.0 + 3 && new.readCount > reads.1 + 3 }
    }

    private func question(
        _ origin: MetricOrigin, _ counting: Counting, since begun: Instant, arm: String = ""
    ) -> CountQuestion {
        CountQuestion(
            origin: origin, indicator: Indicator(name: "speed", counting: counting), service: "shop", arm: arm,
            from: begun, slice: max(wallClock.since(begun), .seconds(1)), timeout: .seconds(20))
    }

    private func asked(_ question: CountQuestion) async throws -> ArmReading {
        try #require(try await OriginSource(environment: []).counts(question).first)
    }

    private func checkArms(_ origin: MetricOrigin, since begun: Instant) async throws {
        let all = CounterSelector(metric: "requests_total")
        let failures = Counting.failures(
            bad: CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "500")]), total: all)
        for (arm, range) in [("v1", 195...300), ("v2", 195...300), ("", 390...600)] {
            let counts = try await asked(question(origin, failures, since: begun, arm: arm)).counted
            #expect(counts.map { range.contains(Int($0.total)) && $0.bad == 0 } == true, "\(arm): \(counts as Any)")
        }
        let promQL = Counting.promQL(
            good: #"sum(increase(requests_total{version="$arm",code="200"}[$window]))"#,
            total: #"sum(increase(requests_total{version=~"$arm"}[$window]))"#)
        for (arm, range) in [("v1", 195...300), ("", 390...600)] {
            let counts = try await asked(question(origin, promQL, since: begun, arm: arm)).counted
            #expect(counts.map { range.contains(Int($0.total)) && $0.bad == 0 } == true, "\(arm): \(counts as Any)")
        }
        for arm in ["v3", #"v1"} or vector(1) or x{y=""#, "v.", ".*"] {
            let reading = try await asked(question(origin, failures, since: begun, arm: arm))
            guard case .noData = reading else {
                Issue.record("\(arm): \(reading)")
                continue
            }
        }
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                question(origin, .promQL(good: "sum(", total: "1"), since: begun))
            Issue.record("sum( was answered")
        } catch {
            #expect(error.code == .refused)
            #expect(error.description.contains("Prometheus says bad_data"), "\(error)")
        }
    }

    private func checkHistograms(_ origin: MetricOrigin, since begun: Instant) async throws {
        let latency = Counting.latency(
            histogram: CounterSelector(metric: "latency_seconds"), threshold: .milliseconds(300))
        let counts = try #require(try await asked(question(origin, latency, since: begun, arm: "v2")).counted)
        #expect((195...300).contains(counts.total))
        #expect(abs(Double(counts.bad) / Double(counts.total) - 0.25) < 0.01, "\(counts)")
        let other = Counting.latency(
            histogram: CounterSelector(metric: "latency_seconds"), threshold: .milliseconds(250))
        #expect(
            try await asked(question(origin, other, since: begun))
                == .noData(
                    "latency_seconds has no bucket at 0.25 s (le); it has 0.30, +Inf; use one of these as the "
                        + "threshold, or add the bucket to the service"))
        let source = OriginSource(environment: [])
        let asked = question(origin, latency, since: begun, arm: "v2")
        let buckets = try await source.durations(asked, .distribution)
        let total = try #require(buckets.reading.counted).total
        #expect(buckets.durations?.boundaries == [0.3])
        let within = Double(try #require(buckets.durations?.atMost.first)) / Double(total)
        #expect(abs(within - 0.75) < 0.01, "\(buckets)")
        let sums = try await source.durations(asked, .sum)
        let mean = try #require(sums.durations?.seconds) / Double(try #require(sums.reading.counted).total)
        #expect(abs(mean - 0.45) < 0.01, "\(sums)")
        let unknown = try await source.durations(question(origin, latency, since: begun, arm: "v9"), .distribution)
        guard case .noData = unknown.reading else {
            Issue.record("\(unknown)")
            return
        }
    }

    private func checkSlices(_ origin: MetricOrigin, since begun: Instant) async throws {
        let all = CounterSelector(metric: "requests_total")
        var sliced = question(origin, .counters(good: all, total: all), since: begun)
        // An hour before anyone looked, and the time since; slices that hold several scrapes on a busy machine too.
        sliced.slice = .seconds(5)
        sliced.slices = 720 + Int(wallClock.since(begun).milliseconds / 5_000) + 1
        sliced.from = begun.advanced(by: .seconds(-3_600))
        let readings = try await OriginSource(environment: []).counts(sliced)
        #expect(readings.count == sliced.slices)
        #expect(readings.prefix(720).allSatisfy { if case .noData = $0 { true } else { false } })
        #expect(readings.suffix(from: 720).contains { $0.counted.map { $0.total > 0 } ?? false })
        let observed = try #require(try await OriginSource(environment: []).observed(sliced))
        #expect(observed > .zero)
        #expect(observed <= wallClock.since(begun) + .seconds(3))
    }
}

extension ArmReading {
    fileprivate var counted: GoodTotal? {
        if case .counts(let counts) = self { counts } else { nil }
    }
}
