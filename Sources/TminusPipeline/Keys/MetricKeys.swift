import TminusModel

/// The keys of `metrics`: where both versions' counts come from.
extension KeyTable {
    /// The keys that name an origin; without any the counts are read from pages.
    static let originNames = ["prometheus", "sqlite", "postgres", "json", "command"]

    static let metrics = KeyTable(
        noun: "the metrics",
        keys: [
            .optional(
                "baseline", .text(.armOrPage), pageExample,
                "The running version's `/metrics` page. With an origin below: its name there, such as `stable`."),
            .optional("candidate", .text(.armOrPage), pageExample, "The same of the new version."),
            .optional(
                "prometheus", .keys(.prometheus), "{url: http://127.0.0.1:9090, label: version}",
                "A Prometheus server. The versions are told apart by a label."),
            .optional("sqlite", .text(.path), "shop.db", "A SQLite file, opened read-only."),
            .optional(
                "postgres", .keys(.postgres), "{connection: \"host=/run/postgresql dbname=shop user=reader\"}",
                "A PostgreSQL database, read-only."),
            .optional(
                "json", .keys(.jsonOrigin), "{url: http://127.0.0.1:8080/counts}",
                "An address that answers with a JSON document."),
            .optional("command", .argv, "[./scripts/counts]", "A program that prints `{\"good\": n, \"total\": n}`."),
            .optional("every", .duration(atLeast: 100), "10s", "How often they are read. Default: 10s."),
            .optional("timeout", .duration(atLeast: 10), "5s", "How long one reading may take. Default: 5s."),
        ])

    static let prometheus = KeyTable(
        noun: "a prometheus origin",
        keys: [
            .required("url", .text(.url), "http://127.0.0.1:9090", "The server's address."),
            .optional("label", .text(.label), "version", "The label whose values tell the versions apart."),
        ] + access)

    static let jsonOrigin = KeyTable(
        noun: "a json origin",
        keys: [
            .required(
                "url", .text(.url), "http://127.0.0.1:8080/counts",
                "Asked with `from`, `to` (epoch seconds), `arm` and `indicator`.")
        ] + access)

    private static let access: [Key] = [
        .optional("bearer", .keys(.secret), "{file: /run/secrets/token}", "A bearer token."),
        .optional(
            "basic", .keys(.basicAccess), "{user: reader, password: {file: /run/secrets/reader}}",
            "A user with a password."),
    ]

    static let basicAccess = KeyTable(
        noun: "basic access",
        keys: [
            .required("user", .text(.sentence), "reader", "The user."),
            .required("password", .keys(.secret), "{file: /run/secrets/reader}", "Where the password is."),
        ])

    static let postgres = KeyTable(
        noun: "a postgres origin",
        keys: [
            .required(
                "connection", .text(.connection), "\"host=/run/postgresql dbname=shop user=reader\"",
                "A libpq connection string without a password."),
            .optional("password", .keys(.secret), "{file: /run/secrets/reader}", "Where the password is."),
        ])
}

extension TextRule {
    static let armOrPage = TextRule(
        "an address, or a version's name", .free(lines: false), sizeMax: 4_096, isNumberAllowed: true,
        example: "stable")
    static let connection = TextRule(
        "a connection string", .free(lines: false), sizeMax: 4_096,
        example: "\"host=/run/postgresql dbname=shop user=reader\"")
}
