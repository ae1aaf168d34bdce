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
            .optional(
                "slo", slo, "slo/checkout.yaml",
                "The service level objective: an OpenSLO v1 file (or folder), a file with `services`, or inline."),
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
}
