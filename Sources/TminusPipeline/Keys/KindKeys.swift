import TminusModel

/// The keys of each kind of step.
extension KeyTable {
    static let http = KeyTable(
        noun: "an http step",
        keys: [
            .required("method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]), "POST", "The method."),
            .required("url", .text(.url), TextRule.url.example, "The address."),
            .optional("headers", headers, "{Accept: application/json}", "Headers to send."),
            .optional("body", .text(.lines), "'{}'", "What to send."),
            .optional("expect", .keys(.expect), "{status: 200}", "What the answer must be. Default: status 2xx."),
            .optional("within", .duration(1...3_600_000), "10s", "For the whole answer. Default: 10s."),
        ])

    static let smoke = KeyTable(
        noun: "a smoke step",
        keys: [
            .required("get", .oneOrMore(.text(.url), max: 100), TextRule.url.example, "What to probe, in order."),
            .optional("headers", headers, "{Accept: application/json}", "Headers to send."),
            .optional("expect", .keys(.expect), "{status: 200}", "What each answer must be. Default: status 2xx."),
            .optional("times", .integer(1...1_000), "5", "How often each is probed; all must be as expected."),
            .optional("every", .durationOrZero, "1s", "Between two probes. Default: 1s."),
        ])

    private static let headers = Shape.named(.header, .text(.headerValue), noun: "header", 1...100)

    static let expect = KeyTable(
        noun: "an expectation",
        keys: [
            .optional("status", .oneOrMore(.integer(100...599), max: 50), "200", "The status, or several."),
            .optional("within", .duration(1...3_600_000), "500ms", "How long the answer may take."),
            .optional("headers", headers, "{Content-Type: text/html}", "Headers the answer must have."),
            .optional(
                "json", .named(.jsonPath, .text(.value), noun: "path", 1...100), "{status: ok}",
                "Paths into a JSON answer (`checks.0.ok`) with the values they must have."),
            .optional("body", .text(.lines), "\"ready\"", "Text the body must hold."),
        ])

    static let backup = KeyTable(
        noun: "a backup step",
        keys: [
            .optional("tool", .choice(["restic"]), "restic", "Ask this tool."),
            .optional("attestation", .text(.path), "backup.json", "Or read this JSON file, written by any tool."),
            .optional("attestationCommand", .argv, "[./scripts/backup-report]", "Or the JSON this program prints."),
            .optional("repository", .text(.path), "/srv/backups", "With restic: its repository."),
            .optional("path", .text(.path), "/srv/shop.db", "With restic: the path the snapshots must hold."),
            .optional("rpo", .duration, "6h", "How old the newest consistent point may be."),
            .optional("rto", .duration, "4h", "How long the last restore test may have taken."),
            .optional("copies", .integer(1...100), "3", "How many copies there must be, production included."),
            .optional("restoreTestAge", .duration, "90d", "How old a restore test may be. Default: 90d."),
            .optional("validFor", .duration, "12h", "How long this evidence counts."),
        ],
        exactlyOne: [["tool", "attestation", "attestationCommand"]])

    static let maintenance = KeyTable(
        noun: "a maintenance step",
        keys: [
            .required("enter", .argv, "[./scripts/maintenance, closed]", "Closes the service."),
            .required("leave", .argv, "[./scripts/maintenance, open]", "Opens it again."),
            .required("until", .text(.sentence), "smoke", "The step after which it opens again."),
        ])

    static let migrate = KeyTable(
        noun: "a migrate step",
        keys: [
            .optional("directory", .text(.path), "migrations", "SQL files `NNN_name.sql`, undone by `.down.sql`."),
            .optional(
                "commands", .keys(.migrationCommands), "{status: [./db, status], apply: [./db, up]}",
                "Or any other tool, by its commands."),
            .optional("database", .keys(.database), "{sqlite: app.db}", "With `directory`: the database."),
            .required(
                "kind", .choice(Migration.Kind.allCases.map(\.rawValue)), "expand",
                "expand: the old version works on it. data: changes rows. contract: no way back."),
        ],
        exactlyOne: [["directory", "commands"]])

    static let database = KeyTable(
        noun: "a database", keys: [.required("sqlite", .text(.path), "app.db", "The path of a SQLite file.")])

    static let migrationCommands = KeyTable(
        noun: "the commands of a migration",
        keys: [
            .required("status", .argv, "[./db, status]", "Prints {\"current\",\"pending\",\"dirty\"} as JSON."),
            .optional("preview", .argv, "[./db, preview]", "Prints what would be done."),
            .required("apply", .argv, "[./db, up]", "Applies what is pending."),
            .optional("revert", .argv, "[./db, down]", "Takes back what was applied."),
        ])

    static let canary = KeyTable(
        noun: "a canary step",
        keys: [
            .required(
                "weights", .written(value: .choice(["auto"]), list: .list(.integer(1...100), 1...100), mapping: nil),
                "[1, 10, 50]", "Percent of traffic, rising. auto: as large as `spendAtMost` allows."),
            .required("every", .word("auto", or: .duration), "5m", "How long each weight is watched."),
            .optional(
                "spendAtMost", .ratio(from: "0.0001%", to: "100%"), "5%",
                "With `weights: auto`: share of the whole budget that the worst case may cost."),
            .required("shift", .argv, "[./scripts/weight]", "Run at each weight with TMINUS_WEIGHT."),
        ])

    static let approve = KeyTable(
        noun: "an approve step",
        keys: [
            .optional(
                "from", .list(.text(.approver), 1...100), "[group:release]",
                "Accounts, or group:NAME. Default: anyone who may use the engine."),
            .optional("count", .integer(1...100), "2", "Different people who must say go. Default: 1."),
            .optional("expires", .duration, "12h", "After this it counts as rejected."),
        ])
}

extension TextRule {
    static let headerValue = TextRule(
        "a value", .free(lines: false), sizeMax: 8_192, isEmptyAllowed: true, isNumberAllowed: true, example: "\"text\""
    )
    static let jsonPath = TextRule("a path", .free(lines: false), sizeMax: 1_000, example: "checks.database.ok")
}
