import TminusModel

/// The keys of a pipeline's top level.
extension KeyTable {
    static let pipeline = KeyTable(
        noun: "a pipeline",
        keys: [
            .required(
                "pipeline", .text(.name("a pipeline's name", example: "checkout")), "checkout",
                "The pipeline's name."),
            .optional(
                "service", .text(.name("a service's name", example: "checkout")), "checkout",
                "What is released; one run at a time per service and environment. Default: the pipeline's name."),
            .required(
                "environment", .text(.name("an environment's name", example: "staging")), "production",
                "Where it is released to. In `production` every step with an effect must say how it is undone."),
            .optional(
                "change", .choice(ChangeClass.allCases.map(\.rawValue)), "normal",
                "The class of change. Default: normal."),
            .optional(
                "release", .choice(ReleaseType.allCases.map(\.rawValue)), "minor",
                "The type of release. Default: minor."),
            .optional("inputs", inputs, "{version: {type: tag}}", "What a run is given with `--input name=value`."),
            .optional(
                "contacts", contacts, "[{role: release manager, name: Ann, reach: \"tel:+491234\"}]",
                "Whom to reach; information only."),
            .optional("slo", slo, "slo/checkout.yaml", "The service level objective: an OpenSLO v1 file or inline."),
            .optional("metrics", .keys(.metrics), "{baseline: \(pageExample)}", KeyTable.metricsSays),
            .optional("budget", .keys(.budget), "{warnBelow: 25%}", "The error-budget gate before every step."),
            .optional(
                "judge", judge,
                "{errors: {indicator: availability, trip: {below: 95%}, during: [deploy]}}",
                "Criteria watched while steps run; one that trips rolls the run back."),
            .optional("deadline", .duration, "3h", "For the whole run, from its start; past it, it rolls back."),
            .optional("maxParallel", .integer(1...1_000), "8", "Most attempts at once. Default: 8."),
            .optional("onPage", .argv, "[./scripts/page]", "Run, durably retried, when a person is needed."),
            .optional("steps", steps, "{deploy: {run: [./scripts/deploy]}}", "The steps, for a pipeline of one phase."),
        ],
        others: (rule: .phase, shape: .keys(.phase)))

    static let pageExample = "http://127.0.0.1:9090/metrics"
    private static let metricsSays = "Where the two versions' counters are read."

    private static let inputs = Shape.named(
        .name("an input's name", example: "version"), .keys(.input), noun: "input", 1...100)

    private static let contacts = Shape.list(.keys(.contact), 1...100)

    private static let slo = Shape.written(value: .text(.path), list: nil, mapping: .keys(.shortSLO))

    private static let judge = Shape.named(
        .name("a judging rule's name", example: "errors"), .keys(.rule), noun: "judging rule", 1...100)

    static let steps = Shape.named(
        .name("a step's name", example: "deploy"), .keys(.step), noun: "step", 1...100_000)

    static let phase = KeyTable(
        noun: "a phase",
        keys: [
            .optional(
                "window", .keys(.window), "{from: \"02:00\", until: \"04:00\", zone: Asia/Tokyo}",
                "The time of day in which steps of this phase may start."),
            .required(
                "steps", steps, "{deploy: {run: [./scripts/deploy]}}",
                "The steps, in the order they run unless `needs` says otherwise."),
        ])

    static let window = KeyTable(
        noun: "a window",
        keys: [
            .required("from", .text(.clock), "\"02:00\"", "Its first minute, in local time."),
            .required("until", .text(.clock), "\"04:00\"", "Its end; `24:00` is midnight."),
            .required(
                "zone", .text(TextRule("a time zone", .free(lines: false), sizeMax: 64, example: "Asia/Tokyo")),
                "Asia/Tokyo", "An IANA time zone."),
        ])

    static let contact = KeyTable(
        noun: "a contact",
        keys: [
            .required("role", .text(.sentence), "release manager", "What they do in this release."),
            .required("name", .text(.sentence), "Payments on-call", "Who they are."),
            .required("reach", .text(.sentence), "\"slack:#payments\"", "How they are reached."),
        ])

    static let input = KeyTable(
        noun: "an input",
        keys: [
            .required(
                "type", .choice(PlanInput.Kind.allCases.map(\.rawValue)), "version", "What a value must look like."),
            .optional("default", .text(.value), "v1.0.0", "The value when none is given."),
            .optional(
                "options", .list(.text(.value), 1...100), "[blue, green]", "For a choice: the values it may have."),
            .optional(
                "repository", .text(.path), ".", "For a tag: the git repository. Default: the pipeline's folder."),
        ])

    static let metrics = KeyTable(
        noun: "the metrics",
        keys: [
            .required("baseline", .text(.url), pageExample, "The running version's `/metrics` page."),
            .optional("candidate", .text(.url), pageExample, "The new version's `/metrics` page."),
            .optional("every", .duration(atLeast: 100), "10s", "How often they are read. Default: 10s."),
            .optional("timeout", .duration(atLeast: 10), "5s", "How long one reading may take. Default: 5s."),
        ])

    static let budget = KeyTable(
        noun: "the budget",
        keys: [
            .optional(
                "objective", .text(.sentence), "availability",
                "Which objective of the SLO; may be left out when it has one."),
            .optional(
                "warnBelow", .ratio(from: "-1000%", to: "100%"), "25%",
                "Remaining budget: below this a person must say go. Default: 25%."),
            .optional(
                "stopBelow", .ratio(from: "-1000%", to: "100%"), "0%",
                "Remaining budget: below this steps hold. Default: 0%."),
            .optional(
                "burning", .list(.choice(BurnAlert.allCases.map(\.rawValue)), 0...2), "[fast, slow]",
                "Burn alerts that hold steps, whatever is left. Default: both."),
            .optional(
                "minObserved", .duration, "1h", "Observed for less than this is no data, and holds. Default: 1h."),
            .optional("every", .duration(atLeast: 100), "15s", "How often a held step asks again. Default: 15s."),
            .optional("unknown", .choice(["hold"]), "hold", "What no data does; it always holds."),
        ])

    static let rule = KeyTable(
        noun: "a judging rule",
        keys: [
            .required("indicator", .text(.sentence), "availability", "Which indicator of the SLO."),
            .optional(
                "against", .choice(["baseline"]), "baseline",
                "Compare the candidate with the baseline; the trip is then `ratioAbove`."),
            .optional(
                "of", .choice(JudgingRule.Subject.allCases.map(\.rawValue)), "candidate",
                "Whose counters. Default: candidate when `metrics` names one, else service."),
            .required("trip", .keys(.trip), "{below: 95%, failAfter: 3}", "What convicts."),
            .required("during", .list(.text(.sentence), 1...1_000), "[canary]", "The steps it watches."),
            .optional("after", .durationOrZero, "20m", "How long it goes on after them. Default: 0s."),
            .optional("every", .duration(atLeast: 100), "10s", "How often. Default: as `metrics` says."),
            .optional(
                "minSamples", .integer(1...1_000_000_000), "50",
                "Requests below which nothing but a failure is said. Default: 50."),
            .optional(
                "errorLimit", .integer(0...1_000), "4", "Failed readings in a row that are tolerated. Default: 4."),
        ])

    static let trip = KeyTable(
        noun: "a trip",
        keys: [
            .optional(
                "below", .ratio(from: "0%", to: "100%"), "95%", "Trips when the share of good falls below this."),
            .optional(
                "failAfter", .integer(1...1_000), "3", "With `below`: on which failing measurement. Default: 1."),
            .optional(
                "ratioAbove", .ratio(from: "1", to: "1000"), "1.5",
                "Trips when candidate's bad rate is shown to be more than this many times baseline's."),
            .optional(
                "harmlessBelow", .ratio(from: "1", to: "1000"), "2.0",
                "With `ratioAbove`: passes only when the ratio is shown to be below this."),
        ],
        exactlyOne: [["below", "ratioAbove"]])
}
