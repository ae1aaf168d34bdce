import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct SLOReadingTests {
    /// The plan of a pipeline with this `slo` and `metrics`, and a budget; nil when it has errors, which are recorded.
    private func plan(slo: String, metrics: String, budget: String = "{}", files: [String: String] = [:]) throws -> Plan
    {
        let folder = try TemporaryFolder()
        for (name, text) in files.sorted(by: { $0.key < $1.key }) { try folder.write(text, to: name) }
        let text = """
            pipeline: demo
            environment: staging
            slo: \(slo)
            metrics: \(metrics)
            budget: \(budget)
            steps:
              one:
                run: [echo]
            """
        return try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: folder.path).validate().plan
    }

    private func counting(_ text: String, _ metrics: String) throws -> Counting? {
        try plan(slo: "{objective: it, target: 99%, window: 30d, \(text)}", metrics: metrics).indicators.first?.counting
    }

    private static let pages = "{baseline: \"http://127.0.0.1:1/metrics\"}"

    @Test func everyWayOfCountingIsRead() throws {
        let total = CounterSelector(metric: "t")
        let query = "sum(increase(x[$window]))"
        let sql = "SELECT 1 AS good, 2 AS total WHERE :from < :to"
        #expect(
            try counting("bad: {metric: b, labels: {code: \"500\"}}, total: {metric: t}", Self.pages)
                == .failures(
                    bad: CounterSelector(metric: "b", labels: [Variable(name: "code", value: "500")]), total: total))
        #expect(
            try counting("histogram: {metric: t}, under: 123ms", Self.pages)
                == .latency(histogram: total, threshold: .milliseconds(123)))
        let prometheus = "{prometheus: {url: \"http://127.0.0.1:9090\"}}"
        #expect(
            try counting("promql: {good: '\(query)', total: '\(query)'}", prometheus)
                == .promQL(good: query, total: query))
        #expect(try counting("sql: \" \(sql);\\n\"", "{sqlite: shop.db}") == .sql(sql))
        #expect(try counting("requestLogs: {}", "{sqlite: shop.db}") == .requestLogs(Counting.RequestLogs()))
        #expect(
            try counting("requestLogs: {under: 300ms, failures: ignored}", "{postgres: {connection: dbname=shop}}")
                == .requestLogs(Counting.RequestLogs(threshold: .milliseconds(300), countsFailures: false)))
        #expect(
            try counting(
                "journey: {name: j, steps: [{name: a}, {name: b, within: 2s}], within: 1m, abandoned: bad, "
                    + "abandonedAfter: 10m}", "{sqlite: shop.db}")
                == .journey(
                    Counting.Journey(
                        name: "j",
                        steps: [
                            Counting.Journey.Step(name: "a"), Counting.Journey.Step(name: "b", within: .seconds(2)),
                        ],
                        within: .seconds(60), abandoned: .bad, abandonedAfter: .seconds(600))))
        #expect(
            try counting("json: {good: /a/good, total: /a/total}", "{json: {url: \"http://127.0.0.1:1/counts\"}}")
                == .document(good: "/a/good", total: "/a/total"))
        #expect(try counting("asked: true", "{command: [counts]}") == .asked)
    }

    @Test func originsAreReadWithTheirAccess() throws {
        func origin(_ metrics: String, _ counting: String) throws -> MetricEndpoints? {
            try plan(slo: "{objective: it, target: 99%, window: 30d, \(counting)}", metrics: metrics).metrics
        }
        let prometheus = try origin(
            "{prometheus: {url: \"https://prom/\", label: version, bearer: {environment: TOKEN}}, baseline: stable, "
                + "candidate: canary, every: 30s}", "good: {metric: g}, total: {metric: t}")
        #expect(
            prometheus?.origin
                == .prometheus(url: "https://prom/", armLabel: "version", access: .bearer(.environment("TOKEN"))))
        #expect(prometheus?.baseline == "stable")
        #expect(prometheus?.candidate == "canary")
        let postgres = try origin("{postgres: {connection: dbname=shop, password: {file: /run/pw}}}", "requestLogs: {}")
        #expect(postgres?.origin == .postgres(connection: "dbname=shop", password: .file("/run/pw")))
        #expect(postgres?.baseline == "")
        let json = try origin(
            "{json: {url: \"http://h/c\", basic: {user: u, password: {file: /run/pw}}}}",
            "json: {good: /g, total: /t}")
        #expect(json?.origin == .json(url: "http://h/c", access: .basic(user: "u", password: .file("/run/pw"))))
    }

    // MARK: - OpenSLO

    private static func document(_ body: String, objectives: String = "[{target: 0.999}]", rest: String = "") -> String
    {
        """
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: it}
        spec:
          indicator: {metadata: {name: sli}, spec: \(body)}
          timeWindow: [{duration: 30d, isRolling: true}]
          budgetingMethod: Occurrences
          objectives: \(objectives)
        \(rest)
        """
    }

    private func openCounting(
        _ body: String, _ metrics: String, objectives: String = "[{target: 0.999}]"
    ) throws -> Counting? {
        try plan(
            slo: "o.yaml", metrics: metrics, files: ["o.yaml": Self.document(body, objectives: objectives)]
        ).indicators.first?.counting
    }

    private static let prometheus = "{prometheus: {url: \"http://127.0.0.1:9090\"}}"

    private func source(_ type: String, _ spec: String) -> String { "{metricSource: {type: \(type), spec: \(spec)}}" }

    @Test func aQueryForASeriesBecomesItsIncreaseBeforeTheSum() throws {
        let good = source("prometheus", "{query: 'sum(r{code=~\"2..|3..\", path=\"/a}\"})'}")
        let total = source("prometheus", "{query: r}")
        #expect(
            try openCounting("{ratioMetric: {counter: true, good: \(good), total: \(total)}}", Self.prometheus)
                == .promQL(
                    good: "sum(increase(r{code=~\"2..|3..\", path=\"/a}\"}[$window]))",
                    total: "sum(increase(r[$window]))"))
    }

    @Test func failuresAreTakenFromTheTotalAndMayBeAbsent() throws {
        let bad = source("Prometheus", "{query: 'sum(increase(b[$window]))'}")
        let total = source("Prometheus", "{query: 'sum(increase(t[$window]))'}")
        #expect(
            try openCounting("{ratioMetric: {counter: true, bad: \(bad), total: \(total)}}", Self.prometheus)
                == .promQL(
                    good: "(sum(increase(t[$window]))) - ((sum(increase(b[$window]))) or vector(0))",
                    total: "sum(increase(t[$window]))"))
        let first = source("scrape", "{metric: b}")
        let all = source("scrape", "{metric: t, labels: {a: b}}")
        #expect(
            try openCounting("{ratioMetric: {counter: true, bad: \(first), total: \(all)}}", Self.pages)
                == .failures(
                    bad: CounterSelector(metric: "b"),
                    total: CounterSelector(metric: "t", labels: [Variable(name: "a", value: "b")])))
    }

    @Test func twoSQLQueriesBecomeOneRow() throws {
        let good = source("sql", "{query: 'SELECT count(*) FROM r WHERE ok AND at > :from AND at <= :to'}")
        let total = source("sql", "{query: 'SELECT count(*) FROM r WHERE at > :from AND at <= :to;'}")
        #expect(
            try openCounting("{ratioMetric: {counter: true, good: \(good), total: \(total)}}", "{sqlite: a.db}")
                == .sql(
                    "SELECT (\nSELECT count(*) FROM r WHERE ok AND at > :from AND at <= :to\n) AS good, "
                        + "(\nSELECT count(*) FROM r WHERE at > :from AND at <= :to\n) AS total"))
    }

    @Test func aThresholdIsAHistogramsBoundaryOrSamplesOfAQuery() throws {
        let histogram = source("prometheus", "{histogram: h}")
        #expect(
            try openCounting(
                "{thresholdMetric: \(histogram)}", Self.prometheus, objectives: "[{target: 0.95, op: lte, value: 0.3}]")
                == .latency(histogram: CounterSelector(metric: "h"), threshold: .milliseconds(300)))
        let query = source("prometheus", "{query: 'max(lag)'}")
        #expect(
            try openCounting(
                "{thresholdMetric: \(query)}", Self.prometheus, objectives: "[{target: 0.95, op: lt, value: 12.5}]")
                == .promQL(
                    good: "sum(count_over_time(((max(lag)) < 12.5)[$window:1m])) or vector(0)",
                    total: "sum(count_over_time(((max(lag)) >= -Inf)[$window:1m]))"))
    }

    @Test func methodsAndWindowsReachTheBudget() throws {
        func policy(_ window: String, _ method: String, _ objective: String) throws -> BudgetPolicy? {
            let ratio =
                "{ratioMetric: {counter: true, good: \(source("scrape", "{metric: g}")), "
                + "total: \(source("scrape", "{metric: t}"))}}"
            let text = Self.document(ratio, objectives: "[{\(objective)}]")
                .replacing("[{duration: 30d, isRolling: true}]", with: "[{\(window)}]")
                .replacing("budgetingMethod: Occurrences", with: "budgetingMethod: \(method)")
            return try plan(slo: "o.yaml", metrics: Self.pages, files: ["o.yaml": text]).budget
        }
        let calendar = "isRolling: false, calendar: {startTime: 2020-01-21 12:30:00, timeZone: America/New_York}"
        let slices = try policy(
            "duration: 1M, \(calendar)", "Timeslices", "targetPercent: 99.9, timeSliceTarget: 0.95, timeSliceWindow: 5")
        #expect(slices?.target == Ratio(numerator: 999, denominator: 1_000))
        #expect(slices?.method == .timeslices(slice: .seconds(300), target: Ratio(numerator: 95, denominator: 100)))
        #expect(
            slices?.period
                == CalendarPeriod(unit: .month, start: "2020-01-21 12:30:00", zone: "America/New_York"))
        #expect(slices?.window == .seconds(30 * 86_400))
        let ratios = try policy("duration: 2Q, \(calendar)", "RatioTimeslices", "target: 0.99, timeSliceWindow: 1h")
        #expect(ratios?.method == .ratioTimeslices(slice: .seconds(3_600)))
        #expect(ratios?.period?.unit == .quarter)
        #expect(ratios?.window == .seconds(182 * 86_400))
        let rolling = try policy("duration: 4w, isRolling: true", "Occurrences", "target: 0.99")
        #expect(rolling?.period == nil)
        #expect(rolling?.window == .seconds(28 * 86_400))
    }

    @Test func aFolderIsOneSetOfDocuments() throws {
        let sli = """
            apiVersion: openslo/v1
            kind: SLI
            metadata: {name: sli}
            spec: {ratioMetric: {counter: true, good: \(source("scrape", "{metric: g}")), total: \
            \(source("scrape", "{metric: t}"))}}
            """
        let slo = """
            apiVersion: openslo/v1
            kind: SLO
            metadata: {name: it}
            spec:
              indicatorRef: sli
              timeWindow: [{duration: 30d, isRolling: true}]
              budgetingMethod: Occurrences
              objectives: [{target: 0.999}]
            """
        let plan = try plan(slo: "slos/", metrics: Self.pages, files: ["slos/a.yaml": slo, "slos/b.yml": sli])
        #expect(plan.indicators.map(\.name) == ["sli"])
        #expect(plan.budget?.objective == "it")
    }

    // MARK: - Canaries and forecasts

    private func planned(_ canary: String, budget: String, rollback: String = "timeout: 1m") throws -> Step? {
        let text = """
            pipeline: demo
            environment: staging
            slo: {objective: it, target: 99.9%, window: 30d, good: {metric: g}, total: {metric: t}}
            metrics: {baseline: "http://127.0.0.1:1/metrics", candidate: "http://127.0.0.1:2/metrics", every: 10s}
            budget: \(budget)
            judge:
              errors: {indicator: it, against: baseline, trip: {ratioAbove: 1.5}, during: [canary], every: 20s}
            steps:
              canary:
                canary: \(canary)
                rollback: {run: [weight, "0"], \(rollback)}
            """
        let pipeline = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
        return try pipeline.validate().plan.steps.first
    }

    @Test func automaticWeightsAreNumbersInThePlan() throws {
        // Found in 2 looks, a reading and a timeout: 55 s. Taken back in 1m and 10s of grace. Of 43.2 min 5 % are
        // 129.6 s, which 125 s fit at every share: the ladder ends at half.
        let step = try #require(
            try planned("{weights: auto, spendAtMost: 5%, every: auto, shift: [weight]}", budget: "{reserve: 1%}"))
        #expect(
            step.kind
                == .canary(
                    Canary(weights: [1, 2, 5, 10, 25, 50], every: .seconds(60), shift: Command(argv: ["weight"]))))
        #expect(
            step.budget?.forecast
                == StepForecast(
                    share: Ratio(numerator: 5, denominator: 10), errorRatio: Ratio(numerator: 1, denominator: 1),
                    duration: .seconds(125)))
        let small = try planned("{weights: auto, spendAtMost: 1%, every: 2m, shift: [weight]}", budget: "{}")
        // 25.92 s of 125 s are 20.7 %.
        #expect(
            small?.kind
                == .canary(Canary(weights: [1, 2, 5, 10, 20], every: .seconds(120), shift: Command(argv: ["weight"]))))
    }

    @Test func aReserveForecastsWrittenWeights() throws {
        let canary = "{weights: [1, 40], every: 5m, shift: [weight]}"
        #expect(try planned(canary, budget: "{}")?.budget == nil)
        #expect(
            try planned(canary, budget: "{reserve: 5%}")?.budget?.forecast
                == StepForecast(
                    share: Ratio(numerator: 4, denominator: 10), errorRatio: Ratio(numerator: 1, denominator: 1),
                    duration: .seconds(125)))
    }

    @Test func rollbacksThatAreTriedAgainTakeLonger() throws {
        let step = try planned(
            "{weights: [10], every: 5m, shift: [weight]}", budget: "{reserve: 5%}",
            rollback: "timeout: 1m, grace: 5s, retry: {attempts: 3, initialInterval: 2s}")
        // 55 s, three times 65 s, delays of 2 s and 4 s.
        #expect(step?.budget?.forecast?.duration == .seconds(256))
    }
}
