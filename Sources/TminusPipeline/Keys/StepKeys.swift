import TminusModel

/// The keys of a step, whatever its kind.
extension KeyTable {
    /// The keys of which a step has exactly one: they say what it does.
    static let kindNames = [
        "run", "shell", "http", "smoke", "backup", "maintenance", "migrate", "canary", "approve", "wait",
    ]

    static let step = KeyTable(noun: "a step", keys: stepKinds + stepKeys, exactlyOne: [kindNames])

    private static let stepKinds: [Key] = [
        .optional("run", .argv, "[./scripts/deploy]", "A program and its arguments; no shell."),
        .optional("shell", .text(.lines), "\"make dist\"", "Text for /bin/sh; prefer `run`."),
        .optional("http", .keys(.http), "{method: POST, url: \(TextRule.url.example)}", "One HTTP request."),
        .optional("smoke", .keys(.smoke), "{get: \(TextRule.url.example)}", "HTTP probes, repeated."),
        .optional("backup", .keys(.backup), "{tool: restic, repository: /srv/backups}", "Proof of a usable backup."),
        .optional(
            "maintenance", .keys(.maintenance), "{enter: [./close], leave: [./open], until: smoke}",
            "Closes the service until another step is done; always opens it again."),
        .optional(
            "migrate", .keys(.migrate), "{directory: migrations, database: {sqlite: app.db}, kind: expand}",
            "Database migrations."),
        .optional(
            "canary", .keys(.canary), "{weights: [1, 10, 50], every: 5m, shift: [./scripts/weight]}",
            "Traffic to the new version in rising weights, judged at each."),
        .optional("approve", .keys(.approve), "{count: 1}", "Waits until people say go; `{}` asks anyone."),
        .optional("wait", .duration, "30s", "Waits for a fixed time."),
    ]

    private static let stepKeys: [Key] = [
        .optional(
            "needs", .list(.text(.sentence), 0...10_000), "[build]",
            "Steps to wait for. Default: the step written before; `[]` starts at once."),
        .optional("effect", .choice(["none"]), "none", "Says that a rollback would have nothing to undo."),
        .optional("rollback", rollbackShape, "{run: [./scripts/undo]}", "How the step is undone, or `none-needed`."),
        .optional("reason", .text(.sentence), "\"builds into a new folder\"", "Why `none-needed` is right."),
        .optional("pivot", .boolean, "true", "The point of no return: past it nothing is rolled back by itself."),
        .optional("retry", .keys(.retry), "{attempts: 3}", "How often a failed attempt is tried. Default: once."),
        .optional("timeout", .duration(atLeast: 100), "10m", "For one attempt. Default: 1h."),
        .optional("totalTimeout", .duration(atLeast: 100), "30m", "For all attempts together. Default: none."),
        .optional("grace", .duration(0...3_600_000), "10s", "Between TERM and KILL. Default: 10s."),
        .optional(
            "onFailure", .choice(["rollback", "hold", "continue", "fail"]), "hold",
            "What a failure does to the run. Default: rollback."),
        .optional("idempotent", .boolean, "true", "Whether it may run again when nobody knows how it ended."),
        .optional(
            "resolve", .argv, "[./scripts/is-done]",
            "A read-only probe for an unknown end: exit 0 done, 10 not done, else a person is asked."),
        .optional(
            "env", .named(.variable, .text(.value), noun: "variable", 1...200), "{MODE: fast}",
            "Environment variables."),
        .optional(
            "secrets", .named(.variable, .keys(.secret), noun: "secret", 1...100),
            "{TOKEN: {file: /run/secrets/token}}", "Environment variables whose values never reach a log or a plan."),
        .optional(
            "validFor", .duration(atLeast: 1_000), "12h",
            "How long what it found out, or was told, counts; asked again at a later phase's start when it is older."),
        .optional(
            "budget", .keys(.stepBudget), "{skip: true, reason: \"a fix must go out\"}",
            "A budget policy of its own, with the reason."),
    ]

    private static let rollbackShape = Shape.written(
        value: .choice(["none-needed"]), list: nil, mapping: .keys(.rollback))

    static let rollback = KeyTable(
        noun: "a rollback",
        keys: [
            .optional("run", .argv, "[./scripts/undo]", "A program and its arguments; no shell."),
            .optional("shell", .text(.lines), "\"make undo\"", "Text for /bin/sh; prefer `run`."),
            .optional("retry", .keys(.retry), "{attempts: 3}", "How often a failed attempt is tried. Default: once."),
            .optional("timeout", .duration(atLeast: 100), "10m", "For one attempt. Default: 1h."),
            .optional("totalTimeout", .duration(atLeast: 100), "30m", "For all attempts together. Default: none."),
            .optional("grace", .duration(0...3_600_000), "10s", "Between TERM and KILL. Default: 10s."),
            .optional("idempotent", .boolean, "true", "Whether it may run again when nobody knows how it ended."),
        ],
        exactlyOne: [["run", "shell"]])

    static let retry = KeyTable(
        noun: "a retry",
        keys: [
            .optional("attempts", .integer(1...100), "3", "All tries, the first included. Default: 1."),
            .optional("initialInterval", .duration(0...86_400_000), "1s", "The first delay. Default: 1s."),
            .optional(
                "backoffCoefficient", .ratio(from: "1", to: "100"), "2",
                "What each delay is multiplied by. Default: 2."),
            .optional("maximumInterval", .duration(0...86_400_000), "1m", "The longest delay. Default: 1m."),
            .optional(
                "retryOn", .list(.integer(1...255), 1...255), "[75]",
                "Exit codes worth another try. Default: any failure."),
        ])

    static let secret = KeyTable(
        noun: "a secret",
        keys: [
            .optional("file", .text(.path), "/run/secrets/token", "A file that holds the value."),
            .optional("environment", .text(.variable), "TOKEN", "A variable of the engine's own environment."),
        ],
        exactlyOne: [["file", "environment"]])

    static let stepBudget = KeyTable(
        noun: "a step's budget",
        keys: [
            .optional("skip", .boolean, "true", "No gate before this step."),
            .optional("warnBelow", .ratio(from: "-1000%", to: "100%"), "10%", "In place of the pipeline's."),
            .optional("stopBelow", .ratio(from: "-1000%", to: "100%"), "0%", "In place of the pipeline's."),
            .optional(
                "forecast", .keys(.stepForecast), "{share: 5%, errors: 20%, for: 30m}",
                "What it may cost at the worst; held when the budget has not that much left beside the reserve."),
            .optional("reason", .text(.sentence), "\"why\"", "Why this step differs."),
        ],
        together: ["skip", "warnBelow", "stopBelow"].map { ($0, ["reason"]) })

    static let stepForecast = KeyTable(
        noun: "a step's forecast",
        keys: [
            .required("share", .ratio(from: "0%", to: "100%"), "5%", "How much of the traffic it touches."),
            .required("errors", .ratio(from: "0%", to: "100%"), "20%", "How much of that may fail."),
            .required("for", .duration, "30m", "For how long."),
        ])
}
