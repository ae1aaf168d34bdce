import TminusModel

/// The keys of OpenSLO v1. Those that no version of a plan could act on say so.
extension KeyTable {
    /// Every kind of OpenSLO v1 with the keys of its documents.
    static let openKinds: [(kind: String, table: KeyTable)] = [
        ("SLO", document("SLO", "an SLO document", spec: .sloSpec)),
        ("SLI", document("SLI", "an SLI document", spec: .indicatorSpec)),
        ("Service", document("Service", "a Service document", spec: .serviceSpec)),
        ("DataSource", document("DataSource", "a DataSource document", spec: .dataSourceSpec)),
        ("AlertPolicy", document("AlertPolicy", "an AlertPolicy document", spec: .alertPolicySpec)),
        ("AlertCondition", document("AlertCondition", "an AlertCondition document", spec: .alertConditionSpec)),
        (
            "AlertNotificationTarget",
            document("AlertNotificationTarget", "an AlertNotificationTarget document", spec: .notificationTargetSpec)
        ),
    ]

    private static func document(_ kind: String, _ noun: String, spec: KeyTable) -> KeyTable {
        KeyTable(
            noun: noun,
            keys: [
                .required("apiVersion", .choice(["openslo/v1"]), "openslo/v1", "The version of OpenSLO."),
                .required("kind", .choice([kind]), kind, "What the document describes."),
                .required("metadata", .keys(.metadata), "{name: availability}", "Its name."),
                .required("spec", .keys(spec), "{}", "What it says."),
            ])
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

    private static let description = Key.optional("description", .text(.lines), "\"text\"", "For people.")

    static let serviceSpec = KeyTable(noun: "the spec of a Service", keys: [description])

    static let dataSourceSpec = KeyTable(
        noun: "the spec of a DataSource",
        keys: [
            description,
            .required("type", .choice(sourceTypes + ["sqlite", "postgres"]), "prometheus", "What it is."),
            .optional(
                "connectionDetails", .named(.openName, .text(.value), noun: "detail", 0...100),
                "{url: http://127.0.0.1:9090}", "Where it is: as `metrics` in the pipeline says."),
        ])

    static let sourceTypes = ["scrape", "prometheus", "Prometheus", "sql", "json", "command"]

    // MARK: - SLO

    static let sloSpec = KeyTable(
        noun: "the spec of an SLO",
        keys: [
            description,
            .optional("service", .text(.sentence), "checkout", "The service; the pipeline's."),
            .optional("indicator", .keys(.indicator), "{}", "The indicator."),
            .optional("indicatorRef", .text(.sentence), "availability", "Or the name of an SLI."),
            .required(
                "timeWindow", .list(.keys(.timeWindow), 1...1), "[{duration: 30d, isRolling: true}]",
                "Exactly one window."),
            .required(
                "budgetingMethod", .choice(["Occurrences", "Timeslices", "RatioTimeslices"]), "Occurrences",
                "How the budget is counted."),
            .required("objectives", .list(.keys(.objective), 1...20), "[{target: 0.999}]", "The objectives."),
            .optional(
                "alertPolicies",
                .list(.written(value: .text(.sentence), list: nil, mapping: .keys(.policyEntry)), 0...20),
                "[fast-burn]", "AlertPolicies by name, or written out."),
        ],
        exactlyOne: [["indicator", "indicatorRef"]])

    static let indicator = KeyTable(
        noun: "an indicator",
        keys: [
            .optional("metadata", .keys(.metadata), "{name: availability}", "Its name. Default: the SLO's."),
            .required("spec", .keys(.indicatorSpec), "{}", "What it counts."),
        ])

    static let timeWindow = KeyTable(
        noun: "a timeWindow",
        keys: [
            .required("duration", .text(.windowLength), "30d", "A number with m, h, d, w, M, Q or Y."),
            .optional("isRolling", .boolean, "true", "Whether it moves on all the time."),
            .optional(
                "calendar", .keys(.calendar), "{startTime: \"2026-01-01 00:00:00\", timeZone: Europe/Berlin}",
                "For a window of the calendar: when one begins, and where."),
        ])

    static let calendar = KeyTable(
        noun: "a calendar",
        keys: [
            .required(
                "startTime", .text(.localTime), "\"2026-01-01 00:00:00\"",
                "Local date and time at which one of the windows begins."),
            .required(
                "timeZone", .text(TextRule("a time zone", .free(lines: false), sizeMax: 64, example: "Europe/Berlin")),
                "Europe/Berlin", "An IANA time zone."),
        ])

    private static let composite: String =
        "a plan's budget is of one indicator, because a weighted sum hides which of them burns: write one SLO for "
        + "each, "
        + "and name the one that gates under 'budget: objective'; the others can be judged"

    static let objective = KeyTable(
        noun: "an objective",
        keys: [
            .optional("displayName", .text(.sentence), "availability", "Its name. Default: the SLO's."),
            .optional("target", .ratio(from: "0", to: "0.999999999"), "0.999", "The share of good, below 1."),
            .optional("targetPercent", .ratio(from: "0", to: "99.9999999"), "99.9", "The same in percent."),
            .optional("op", .choice(["lte", "gte", "lt", "gt"]), "lte", "For a thresholdMetric: which side is good."),
            .optional("value", .text(.number), "0.3", "For a thresholdMetric: the threshold."),
            .optional(
                "timeSliceTarget", .ratio(from: "0.000000001", to: "1"), "0.95",
                "For Timeslices: the share of good that makes a slice good."),
            .optional(
                "timeSliceWindow", .text(.windowLength), "1m",
                "For Timeslices and RatioTimeslices: how long a slice is; minutes when it has no unit."),
            .optional("compositeWeight", .unsupported(composite), "", "Not supported."),
            .optional("indicator", .unsupported(composite), "", "Not supported."),
            .optional("indicatorRef", .unsupported(composite), "", "Not supported."),
        ],
        exactlyOne: [["target", "targetPercent"]], together: [("op", ["value"]), ("value", ["op"])])

    // MARK: - SLI

    static let indicatorSpec = KeyTable(
        noun: "the spec of an indicator",
        keys: [
            description,
            .optional("ratioMetric", .keys(.ratioMetric), "{}", "Good or bad out of total."),
            .optional("thresholdMetric", .keys(.metricOf), "{}", "A value that the objective's threshold splits."),
        ],
        exactlyOne: [["ratioMetric", "thresholdMetric"]])

    static let ratioMetric = KeyTable(
        noun: "a ratioMetric",
        keys: [
            .required("counter", .boolean, "true", "Whether the metrics only ever rise."),
            .optional("good", .keys(.metricOf), "{}", "Counts what is good."),
            .optional("bad", .keys(.metricOf), "{}", "Or counts what is bad."),
            .optional("total", .keys(.metricOf), "{}", "Counts what is valid."),
            .optional("raw", .keys(.metricOf), "{}", "Or a ratio that was made elsewhere; always refused."),
            .optional("rawType", .choice(["success", "failure"]), "success", "Of `raw`: which share it is."),
        ],
        exactlyOne: [["good", "bad", "raw"]],
        together: [
            ("good", ["total"]), ("bad", ["total"]), ("total", ["good", "bad"]), ("raw", ["rawType"]),
            ("rawType", ["raw"]),
        ])

    static let metricOf = KeyTable(
        noun: "a metric", keys: [.required("metricSource", .keys(.metricSource), "{type: scrape}", "Where it is.")])

    static let metricSource = KeyTable(
        noun: "a metricSource",
        keys: [
            .optional("metricSourceRef", .text(.sentence), "prometheus", "The name of a DataSource."),
            .optional("type", .choice(sourceTypes), "scrape", "How it is read. Default: as the DataSource says."),
            .optional("spec", .keys(.metricSpec), "{metric: requests_total}", "What is read."),
        ])

    static let metricSpec = KeyTable(
        noun: "the spec of a metricSource",
        keys: [
            .optional("metric", .text(.metric), "requests_total", "A counter's name."),
            .optional("histogram", .text(.metric), "request_duration_seconds", "A histogram's name, in seconds."),
            .optional(
                "labels", .named(.label, .text(.value), noun: "label", 1...50), "{code: \"200\"}",
                "Labels it must have; matching series are added up."),
            .optional("query", .text(.lines), "sum(increase(requests_total[$window]))", "A query of one value."),
            .optional("pointer", .text(.jsonPointer), "/counts/good", "A place in a JSON document."),
        ],
        exactlyOne: [["metric", "histogram", "query", "pointer"]], together: [("labels", ["metric", "histogram"])])

    // MARK: - Alerts

    static let policyEntry = KeyTable(
        noun: "an alert policy", keys: entryKeys("AlertPolicy", "alertPolicyRef", .alertPolicySpec),
        exactlyOne: [["alertPolicyRef", "spec"]])

    private static func entryKeys(_ kind: String, _ reference: String, _ spec: KeyTable) -> [Key] {
        [
            .optional(reference, .text(.sentence), "fast-burn", "The name of one."),
            .optional("apiVersion", .choice(["openslo/v1"]), "openslo/v1", "The version of OpenSLO."),
            .optional("kind", .choice([kind]), kind, "What it describes."),
            .optional("metadata", .keys(.metadata), "{name: fast-burn}", "Its name."),
            .optional("spec", .keys(spec), "{}", "Or written out."),
        ]
    }

    static let alertPolicySpec = KeyTable(
        noun: "the spec of an AlertPolicy",
        keys: [
            description,
            .optional("alertWhenNoData", .boolean, "true", "The gate always holds on no data."),
            .optional("alertWhenResolved", .boolean, "false", "Nobody is told of a hold that ends."),
            .optional("alertWhenBreaching", .boolean, "true", "The gate holds while it burns."),
            .required("conditions", .list(.keys(.conditionEntry), 1...1), "[{conditionRef: fast}]", "Exactly one."),
            .optional(
                "notificationTargets", .list(.keys(.targetEntry), 0...20), "[{targetRef: on-call}]", "Who is told."),
        ])

    static let conditionEntry = KeyTable(
        noun: "an alert condition", keys: entryKeys("AlertCondition", "conditionRef", .alertConditionSpec),
        exactlyOne: [["conditionRef", "spec"]])

    static let targetEntry = KeyTable(
        noun: "a notification target",
        keys: entryKeys("AlertNotificationTarget", "targetRef", .notificationTargetSpec),
        exactlyOne: [["targetRef", "spec"]])

    static let alertConditionSpec = KeyTable(
        noun: "the spec of an AlertCondition",
        keys: [
            description,
            .optional("severity", .text(.sentence), "page", "For people."),
            .required("condition", .keys(.burnCondition), "{}", "When it burns."),
        ])

    static let burnCondition = KeyTable(
        noun: "a condition",
        keys: [
            .required("kind", .choice(["burnrate"]), "burnrate", "What is compared."),
            .required(
                "op", .choice(["lte", "gte", "lt", "gt"]), "gt", "How it is compared; the gate's alerts are `gt`."),
            .required("threshold", .text(.number), "14.4", "The burn rate."),
            .required("lookbackWindow", .duration, "1h", "Over how long."),
            .optional("alertAfter", .durationOrZero, "0m", "How long it must last before it fires. Default: 0m."),
        ])

    static let notificationTargetSpec = KeyTable(
        noun: "the spec of an AlertNotificationTarget",
        keys: [description, .required("target", .text(.sentence), "on-call", "Whom it reaches.")])
}

extension TextRule {
    static let number = TextRule(
        "a number", .word(prefixes: ["-"], first: "0-9", rest: "0-9."), sizeMax: 20, isNumberAllowed: true,
        example: "0.3")
    static let windowLength = TextRule(
        "a length", .word(prefixes: [], first: "0-9", rest: "0-9smhdwMQY"), sizeMax: 20, isNumberAllowed: true,
        example: "30d")
    static let localTime = TextRule(
        "a date and time", .word(prefixes: [], first: "0-9", rest: "0-9 :T-"), sizeMax: 19, isNumberAllowed: true,
        example: "\"2026-01-01 00:00:00\"")
}
