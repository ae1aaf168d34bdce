/// One HTTP request with an effect. Sent with `Idempotency-Key: run/step`; a lost answer is `unknown`.
package struct HTTPCall: Equatable, Sendable {
    package var method: String
    /// `http` or `https`.
    package var url: String
    package var headers: [Variable] = []
    package var body: String?
    package var expect: HTTPExpectation = HTTPExpectation()
    /// For the whole answer.
    package var within: Duration = .seconds(10)

    package init(method: String, url: String) {
        self.method = method
        self.url = url
    }
}

/// What an answer must be like. With nothing said, a status of 200...299.
package struct HTTPExpectation: Equatable, Sendable {
    /// Empty means 200...299.
    package var statuses: [Int] = []
    package var within: Duration?
    package var headers: [Variable] = []
    /// Each path (`checks.database.ok`, array positions as numbers) must have this JSON text value.
    package var json: [Variable] = []
    /// The body must contain this text.
    package var bodyContains: String?

    package init() {}
}

/// Repeated read-only HTTP probes; every one of `times` must be as expected.
package struct SmokeCheck: Equatable, Sendable {
    /// Probed in order, each `times` times.
    package var urls: [String]
    package var headers: [Variable] = []
    package var expect: HTTPExpectation = HTTPExpectation()
    /// 1...1000.
    package var times: Int = 1
    package var every: Duration = .seconds(1)

    package init(urls: [String]) {
        self.urls = urls
    }
}

/// Proof that a usable backup exists. Every limit that is set must be met; what can't be established never passes.
package struct BackupCheck: Equatable, Sendable {
    package enum Tool: Equatable, Sendable {
        /// A restic repository; the password comes from the step's secret `RESTIC_PASSWORD`.
        case restic(repository: String, path: String?)
        /// A file, or the output of a command, holding the JSON attestation.
        case attestation(file: String)
        case attestationCommand(Command)
    }

    package var tool: Tool
    package var recoveryPoint: Duration?
    package var recoveryTime: Duration?
    /// At least this many copies, production included.
    package var copies: Int?
    /// How old a restore test may be. Default 90 days.
    package var restoreTestAge: Duration = .seconds(90 * 86_400)
    /// How long this evidence counts; asked again at a later phase's start when it is older.
    package var validFor: Duration?

    package init(tool: Tool) {
        self.tool = tool
    }
}

/// Maintenance on, and off again: `leave` runs when `until` has succeeded, and on the way back.
package struct MaintenanceBracket: Equatable, Sendable {
    package var enter: Command
    package var leave: Command
    /// The step after which it is left again.
    package var until: StepIndex

    package init(enter: Command, leave: Command, until: StepIndex) {
        self.enter = enter
        self.leave = leave
        self.until = until
    }
}

/// A database migration by a tool that can tell where it stands.
package struct Migration: Equatable, Sendable {
    package enum Tool: Equatable, Sendable {
        /// Plain SQL files `NNN_name.sql` (undone by `NNN_name.down.sql`) applied to a SQLite file.
        case sqlite(directory: String, database: String)
        /// Any other tool by its commands: `status` prints {"current","pending":[…],"dirty"} as JSON.
        case commands(status: Command, preview: Command?, apply: Command, revert: Command?)
    }
    package enum Kind: String, Sendable, CaseIterable { case expand, data, contract }

    package var tool: Tool
    package var kind: Kind
    /// Secrets and variables come from the step; this is how the new version is told where to stop. Nil means the
    /// newest.
    package var upTo: String?

    package init(tool: Tool, kind: Kind, upTo: String? = nil) {
        self.tool = tool
        self.kind = kind
        self.upTo = upTo
    }
}

/// A share of traffic that rises while it is judged.
package struct Canary: Equatable, Sendable {
    /// Percent of traffic, rising, each 1...100. Never empty.
    package var weights: [Int]
    /// How long each weight is watched.
    package var every: Duration
    /// Run at each weight with `TMINUS_WEIGHT`.
    package var shift: Command

    package init(weights: [Int], every: Duration, shift: Command) {
        self.weights = weights
        self.every = every
        self.shift = shift
    }
}

/// Whose go it takes.
package struct ApprovalRule: Equatable, Sendable {
    /// Account names, or `group:NAME` for a Unix group; empty means anyone who may use the engine.
    package var from: [String]
    /// Distinct people, ≥ 1.
    package var count: Int
    /// From when it was asked; then it counts as rejected.
    package var expires: Duration?

    package init(from: [String] = [], count: Int = 1, expires: Duration? = nil) {
        self.from = from
        self.count = count
        self.expires = expires
    }
}
