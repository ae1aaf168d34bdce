import TminusModel

/// The keys of the short form of an SLO, written into the pipeline.
extension KeyTable {
    static let shortSLO = KeyTable(
        noun: "an slo",
        keys: [
            .required("objective", .text(.indicatorName), "availability", "The objective's and its indicator's name."),
            .required("target", .ratio(from: "0%", to: "99.9999999%"), "99.9%", "The share of good, below 100%."),
            .required("window", .duration(atLeast: 60_000), "30d", "The rolling window."),
        ] + counting + [
            .optional(
                "indicators", .named(.indicatorName, .keys(.indicatorCounting), noun: "indicator", 1...100), "{}",
                "Further indicators, for judging.")
        ],
        exactlyOne: [countingNames], together: countingTogether)

    static let indicatorCounting = KeyTable(
        noun: "an indicator", keys: counting, exactlyOne: [countingNames], together: countingTogether)

    /// The ways of counting, of which an indicator has exactly one.
    static let countingNames = [
        "good", "bad", "histogram", "promql", "sql", "requestLogs", "journey", "json", "asked",
    ]

    private static let countingTogether: [(key: String, needs: [String])] = [
        ("good", ["total"]), ("bad", ["total"]), ("total", ["good", "bad"]), ("histogram", ["under"]),
        ("under", ["histogram"]),
    ]

    private static let counting: [Key] = [
        .optional("good", .keys(.counter), "{metric: requests_good_total}", "Counts what is good."),
        .optional(
            "bad", .keys(.counter), "{metric: requests_failed_total}",
            "Or counts what is bad; no such series is no failure, when `total` is there."),
        .optional("total", .keys(.counter), "{metric: requests_total}", "Counts what is valid."),
        .optional(
            "histogram", .keys(.counter), "{metric: request_duration_seconds}",
            "Or a histogram in seconds, by its name without `_bucket`."),
        .optional("under", .duration, "300ms", "Good is no slower than this; one of the histogram's boundaries."),
        .optional(
            "promql", .keys(.promQL), "{good: 'sum(increase(good[$window]))', total: 'sum(increase(all[$window]))'}",
            "Or two PromQL queries of one value each; `$window` is the lookback, `$arm` the version."),
        .optional(
            "sql", .text(.lines), "\"SELECT sum(ok) AS good, count(*) AS total FROM r WHERE at > :from AND at <= :to\"",
            "Or one SELECT with columns `good` and `total`, by `:from`, `:to` (epoch seconds), `:service`, `:arm`."),
        .optional("requestLogs", .keys(.requestLogs), "{under: 300ms}", "Or rows of the table `request_logs`."),
        .optional(
            "journey", .keys(.journey), "{name: checkout, steps: [{name: cart}, {name: pay, within: 2s}]}",
            "Or journeys of the table `user_journey_logs`."),
        .optional(
            "json", .keys(.documentCounts), "{good: /counts/good, total: /counts/total}",
            "Or two places in the document that a `json` origin answers with."),
        .optional("asked", .boolean, "true", "Or the origin's `command` is asked, by the indicator's name."),
    ]

    static let counter = KeyTable(
        noun: "a counter",
        keys: [
            .required("metric", .text(.metric), "requests_total", "The counter's name on the /metrics page."),
            .optional(
                "labels", .named(.label, .text(.value), noun: "label", 1...50), "{code: \"200\"}",
                "Labels it must have; matching series are added up."),
        ])

    static let promQL = KeyTable(
        noun: "promql",
        keys: [
            .required(
                "good", .text(.lines), "\"sum(increase(requests_good_total[$window]))\"",
                "How many were good."),
            .required(
                "total", .text(.lines), "\"sum(increase(requests_total[$window]))\"",
                "How many there were."),
        ])

    static let requestLogs = KeyTable(
        noun: "request logs",
        keys: [
            .optional("under", .duration, "300ms", "Good is no slower than this. Default: any status below 500."),
            .optional(
                "failures", .choice(["slow", "ignored"]), "slow",
                "With `under`: whether failed requests count as too slow, or not at all. Default: slow."),
        ],
        together: [("failures", ["under"])])

    static let journey = KeyTable(
        noun: "a journey",
        keys: [
            .required("name", .text(.sentence), "checkout", "The journey's name in the table."),
            .required(
                "steps", .list(.keys(.journeyStep), 1...100), "[{name: cart}, {name: pay, within: 2s}]",
                "Every step that a good journey has."),
            .optional("within", .duration, "30s", "How long the whole journey may take."),
            .optional(
                "abandoned", .choice(Counting.Journey.Abandoned.allCases.map(\.rawValue)), "excluded",
                "What a journey that stops half-way is. Default: excluded."),
            .optional(
                "abandonedAfter", .duration(atLeast: 1_000), "30m",
                "A journey that began longer ago has stopped. Default: 30m."),
        ])

    static let journeyStep = KeyTable(
        noun: "a step of a journey",
        keys: [
            .required("name", .text(.sentence), "pay", "The step's name in the table."),
            .optional("within", .duration, "2s", "How long it may take."),
        ])

    static let documentCounts = KeyTable(
        noun: "places in a document",
        keys: [
            .required("good", .text(.jsonPointer), "/counts/good", "A JSON Pointer to how many were good."),
            .required("total", .text(.jsonPointer), "/counts/total", "A JSON Pointer to how many there were."),
        ])
}

/// The keys of the form that teams write: `services: <service>: <slo>: …`.
extension KeyTable {
    static let teamFile = KeyTable(
        noun: "a file of services",
        keys: [
            .required(
                "services",
                .named(
                    .name("a service's name", example: "checkout"),
                    .named(.teamName, .keys(.teamSLO), noun: "SLO", 1...100), noun: "service", 1...1_000),
                "{checkout: {availability: {target: 99.9, window: 30d, sli_type: success_rate}}}",
                "SLOs by service and name.")
        ])

    static let teamSLO = KeyTable(
        noun: "a service's SLO",
        keys: [
            .required(
                "target", .text(.teamNumber), "99.9",
                "Percent of good. With `percentile`: the milliseconds that so many percent must stay within."),
            .required("window", .duration(atLeast: 60_000), "30d", "The rolling window."),
            .required(
                "sli_type", .choice(["success_rate", "latency", "user_journey"]), "success_rate", "What counts."),
            .optional("description", .text(.lines), "\"text\"", "For people."),
            .optional("percentile", .text(.teamNumber), "95", "For latency: percent of requests within the threshold."),
            .optional("target_ms", .text(.teamNumber), "200", "For latency: the threshold, when `target` is percent."),
            .optional("threshold", .text(.teamNumber), "200ms", "The same; milliseconds when it has no unit."),
            .optional(
                "failures", .choice(["slow", "ignored"]), "slow",
                "For latency: whether failed requests count as too slow, or not at all. Default: slow."),
            .optional("journey_name", .text(.sentence), "checkout", "For user_journey: its name. Default: the SLO's."),
            .optional(
                "steps", .list(.written(value: .text(.sentence), list: nil, mapping: .keys(.teamStep)), 1...100),
                "[cart, pay]", "For user_journey: every step that a good journey has."),
            .optional("max_duration_ms", .integer(1...86_400_000), "30000", "For user_journey: the whole journey."),
            .optional("abandoned", .choice(["excluded", "bad"]), "excluded", "For user_journey: what stopping is."),
            .optional("abandoned_after", .duration(atLeast: 1_000), "30m", "For user_journey: when it has stopped."),
            .optional(
                "alert_rules", .list(.choice(["fast_burn", "slow_burn", "budget_exhaustion"]), 0...3),
                "[fast_burn, slow_burn, budget_exhaustion]", "What must hold steps."),
        ])

    static let teamStep = KeyTable(
        noun: "a step of a journey",
        keys: [
            .required("name", .text(.sentence), "pay", "The step's name in the table."),
            .optional("max_duration_ms", .integer(1...86_400_000), "2000", "How long it may take."),
        ])
}

extension TextRule {
    static let indicatorName = TextRule.name("an indicator's name", example: "availability")
    static let openName = TextRule("a name", .free(lines: false), sizeMax: 317, example: "team")
    static let teamName = TextRule(
        "an SLO's name", .word(prefixes: [], first: "a-z0-9", rest: "a-z0-9_-"), sizeMax: 63, example: "availability")
    static let teamNumber = TextRule(
        "a number", .word(prefixes: [], first: "0-9", rest: "0-9.%a-z"), sizeMax: 20, isNumberAllowed: true,
        example: "99.9")
    static let jsonPointer = TextRule(
        "a JSON Pointer", .free(lines: false), sizeMax: 1_000, example: "/counts/good")
}
