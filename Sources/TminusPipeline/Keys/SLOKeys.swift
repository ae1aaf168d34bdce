import TminusModel

/// The keys of the short form of an SLO, written into the pipeline.
extension KeyTable {
    static let shortSLO = KeyTable(
        noun: "an slo",
        keys: [
            .required("objective", .text(.indicatorName), "availability", "The objective's and its indicator's name."),
            .required("target", .ratio(from: "0%", to: "99.9999999%"), "99.9%", "The share of good, below 100%."),
            .required("window", .duration(atLeast: 60_000), "30d", "The rolling window."),
            .required("good", .keys(.counter), "{metric: requests_good_total}", "Counts what is good."),
            .required("total", .keys(.counter), "{metric: requests_total}", "Counts what is valid."),
            .optional(
                "indicators", .named(.indicatorName, .keys(.goodTotal), noun: "indicator", 1...100), "{}",
                "Further indicators, for judging."),
        ])

    static let goodTotal = KeyTable(
        noun: "an indicator",
        keys: [
            .required("good", .keys(.counter), "{metric: requests_fast_total}", "Counts what is good."),
            .required("total", .keys(.counter), "{metric: requests_total}", "Counts what is valid."),
        ])

    static let counter = KeyTable(
        noun: "a counter",
        keys: [
            .required("metric", .text(.metric), "requests_total", "The counter's name on the /metrics page."),
            .optional(
                "labels", .named(.label, .text(.value), noun: "label", 1...50), "{code: \"200\"}",
                "Labels it must have; matching series are added up."),
        ])
}

/// The keys of OpenSLO v1 that this version reads; those it knows and cannot act on say so.
extension KeyTable {
    static let openSLO = KeyTable(
        noun: "an SLO document", keys: documentKeys(kind: "SLO", spec: .keys(.sloSpec)))
    static let openSLI = KeyTable(
        noun: "an SLI document", keys: documentKeys(kind: "SLI", spec: .keys(.indicatorSpec)))

    private static func documentKeys(kind: String, spec: Shape) -> [Key] {
        [
            .required("apiVersion", .choice(["openslo/v1"]), "openslo/v1", "The version of OpenSLO."),
            .required("kind", .choice([kind]), kind, "What the document describes."),
            .required("metadata", .keys(.metadata), "{name: availability}", "Its name."),
            .required("spec", spec, "{}", "What it says."),
        ]
    }

    static let metadata = KeyTable(
        noun: "the metadata",
        keys: [
            .required("name", .text(.indicatorName), "availability", "Its name."),
            .optional("displayName", .text(.sentence), "Availability", "For people."),
            .optional("labels", notes, "{team: shop}", "Not read."),
            .optional("annotations", notes, "{team: shop}", "Not read."),
        ])

    private static let notes = Shape.named(
        .openName, .oneOrMore(.text(.value), max: 100), noun: "entry", 0...1_000)

    static let sloSpec = KeyTable(
        noun: "the spec of an SLO",
        keys: [
            .optional("description", .text(.lines), "\"text\"", "For people."),
            .optional("service", .text(.sentence), "checkout", "The service; the pipeline's."),
            .optional("indicator", .keys(.indicator), "{}", "The indicator."),
            .optional("indicatorRef", .text(.sentence), "availability", "Or the name of an SLI in this file."),
            .required(
                "timeWindow", .list(.keys(.timeWindow), 1...1), "[{duration: 30d, isRolling: true}]",
                "Exactly one window."),
            .required("budgetingMethod", .choice(["Occurrences"]), "Occurrences", "How the budget is counted."),
            .required("objectives", .list(.keys(.objective), 1...20), "[{target: 0.999}]", "The objectives."),
            .optional(
                "alertPolicies", .unsupported("the budget gate has its own burn alerts: 'budget: burning'"), "",
                "Not supported."),
        ],
        exactlyOne: [["indicator", "indicatorRef"]])

    static let indicator = KeyTable(
        noun: "an indicator",
        keys: [
            .optional("metadata", .keys(.metadata), "{name: availability}", "Its name. Default: the SLO's."),
            .required("spec", .keys(.indicatorSpec), "{}", "What it counts."),
        ])

    static let indicatorSpec = KeyTable(
        noun: "the spec of an indicator",
        keys: [
            .optional("description", .text(.lines), "\"text\"", "For people."),
            .required("ratioMetric", .keys(.ratioMetric), "{}", "Good out of total."),
            .optional(
                "thresholdMetric", .unsupported("count good and total instead: 'ratioMetric'"), "",
                "Not supported."),
        ])

    static let ratioMetric = KeyTable(
        noun: "a ratioMetric",
        keys: [
            .required("counter", .boolean, "true", "Whether the metrics only ever rise; they must."),
            .required("good", .keys(.metricOf), "{}", "Counts what is good."),
            .required("total", .keys(.metricOf), "{}", "Counts what is valid."),
            .optional("bad", .unsupported("count what is good instead: 'good'"), "", "Not supported."),
            .optional("raw", .unsupported("count good and total instead"), "", "Not supported."),
            .optional("rawType", .unsupported("count good and total instead"), "", "Not supported."),
        ])

    static let metricOf = KeyTable(
        noun: "a metric", keys: [.required("metricSource", .keys(.metricSource), "{type: scrape}", "Where it is.")])

    static let metricSource = KeyTable(
        noun: "a metricSource",
        keys: [
            .required("type", .choice(["scrape"]), "scrape", "A /metrics page, named under 'metrics' in the pipeline."),
            .required("spec", .keys(.counter), "{metric: requests_total}", "The counter."),
            .optional(
                "metricSourceRef", .unsupported("name the pages under 'metrics' in the pipeline"), "",
                "Not supported."),
        ])

    static let timeWindow = KeyTable(
        noun: "a timeWindow",
        keys: [
            .required("duration", .duration(atLeast: 60_000), "30d", "Its length."),
            .required("isRolling", .boolean, "true", "It must be rolling."),
            .optional("calendar", .unsupported("use a rolling window: 'isRolling: true'"), "", "Not supported."),
        ])

    static let objective = KeyTable(
        noun: "an objective",
        keys: [
            .optional("displayName", .text(.sentence), "availability", "Its name. Default: the SLO's."),
            .optional("target", .ratio(from: "0", to: "0.999999999"), "0.999", "The share of good, below 1."),
            .optional("targetPercent", .ratio(from: "0", to: "99.9999999"), "99.9", "The same in percent."),
            .optional("op", .unsupported("it belongs to threshold metrics"), "", "Not supported."),
            .optional("value", .unsupported("it belongs to threshold metrics"), "", "Not supported."),
            .optional("timeSliceTarget", .unsupported("the budgetingMethod is Occurrences"), "", "Not supported."),
            .optional("timeSliceWindow", .unsupported("the budgetingMethod is Occurrences"), "", "Not supported."),
            .optional("compositeWeight", .unsupported("one indicator makes the objective"), "", "Not supported."),
            .optional("indicator", .unsupported("write it beside 'objectives'"), "", "Not supported."),
            .optional("indicatorRef", .unsupported("write it beside 'objectives'"), "", "Not supported."),
        ],
        exactlyOne: [["target", "targetPercent"]])
}

extension TextRule {
    static let indicatorName = TextRule.name("an indicator's name", example: "availability")
    static let openName = TextRule("a name", .free(lines: false), sizeMax: 317, example: "team")
}
