/// What kind of place the counts of both versions come from.
package enum MetricOrigin: Equatable, Sendable {
    /// `/metrics` pages, one an arm, that Tminus polls and keeps: `baseline` and `candidate` are their addresses.
    case pages
    /// A Prometheus server. The arms are values of `armLabel`; nil, or an empty value, means no such matcher.
    case prometheus(url: String, armLabel: String?, access: MetricAccess?)
    /// A SQLite file, opened read-only. The arms are values of the parameter `:arm`.
    case sqlite(path: String)
    /// A PostgreSQL database by a libpq connection string without a password.
    case postgres(connection: String, password: SecretReference.Source?)
    /// An HTTP address that answers `GET url?from=…&to=…&arm=…&indicator=…` with a JSON document.
    case json(url: String, access: MetricAccess?)
    /// A program that prints `{"good": n, "total": n}`; asked by `TMINUS_FROM`, `TMINUS_TO` (epoch seconds),
    /// `TMINUS_ARM` and `TMINUS_INDICATOR`.
    case command(Command)
}

/// How Tminus shows who it is to a metric origin. The secret is read when it is used, and never part of a plan.
package enum MetricAccess: Equatable, Sendable {
    case bearer(SecretReference.Source)
    case basic(user: String, password: SecretReference.Source)
}
