/// A node of the plan.
package struct Step: Equatable, Sendable {
    /// Unique in the plan; `^[a-z0-9][a-z0-9-]{0,62}$`. The closing step of a maintenance bracket is `<name>-end`.
    package var name: String
    /// Position in `Plan.phases`.
    package var phase: Int
    /// Steps that must be accepted (succeeded, skipped, bypassed, or failed with `continue`) first; ascending.
    package var needs: [StepIndex] = []
    package var kind: Kind
    /// Whether a rollback may have something to undo.
    package var hasEffect: Bool
    package var rollback: Rollback = .notDeclared
    /// The point of no return: no automatic rollback once this step has succeeded.
    package var isPivot: Bool = false
    package var retry: RetryPolicy = .once
    package var timeouts: Timeouts = .standard
    package var onFailure: OnFailure = .rollback
    /// Whether running it again after an unknown end is safe.
    package var isIdempotent: Bool = false
    /// A read-only command that finds out whether a step of unknown end was done: exit 0 done, 10 not done, else ask.
    package var resolve: Command?
    package var environment: [Variable] = []
    package var secrets: [SecretReference] = []
    /// How long what it found out, or was told, counts: asked again at the start of a later phase when it is older. Nil
    /// for as long as the run; never with an effect. A backup has its own.
    package var validFor: Duration?
    /// What this step changes of the plan's budget policy; nil where it changes nothing.
    package var budget: StepBudget?

    package init(name: String, phase: Int, needs: [StepIndex] = [], kind: Kind, hasEffect: Bool) {
        self.name = name
        self.phase = phase
        self.needs = needs
        self.kind = kind
        self.hasEffect = hasEffect
    }

    /// How long it counts as evidence, wherever that was said.
    package var evidenceLife: Duration? {
        if case .backup(let check) = kind { return check.validFor ?? validFor }
        return validFor
    }

    package enum Kind: Equatable, Sendable {
        case run(Command)
        case http(HTTPCall)
        case smoke(SmokeCheck)
        case backup(BackupCheck)
        /// Opens the bracket; `leave` is its rollback and the work of its closing step.
        case maintenance(MaintenanceBracket)
        /// Closes the bracket that step `opened` opened.
        case maintenanceEnd(opened: StepIndex)
        case migrate(Migration)
        case canary(Canary)
        case approve(ApprovalRule)
        case wait(Duration)
    }

    package enum Rollback: Equatable, Sendable {
        /// Nothing was said: allowed for steps without effect, and outside production.
        case notDeclared
        /// There is nothing to undo, and why.
        case noneNeeded(reason: String)
        case command(Command, retry: RetryPolicy, timeouts: Timeouts, isIdempotent: Bool)
    }

    package enum OnFailure: String, Sendable, CaseIterable {
        /// Roll the run back.
        case rollback
        /// Stop here and ask a person.
        case hold
        /// Accept the failure; what needs this step goes on.
        case `continue`
        /// End the run as failed, rolling nothing back.
        case fail
    }
}

/// A program to run: no shell unless the pipeline said `shell:`.
package struct Command: Equatable, Sendable {
    /// Never empty; the first is the program.
    package var argv: [String]
    /// Whether a person wrote this as shell text (then `argv` is `/bin/sh -c text`).
    package var isShell: Bool = false

    package init(argv: [String], isShell: Bool = false) {
        self.argv = argv
        self.isShell = isShell
    }
}

/// A name with a text value: an environment variable, a header, a label, an output.
package struct Variable: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A secret by name; its value is read when an attempt starts and is never part of a plan, event or error.
package struct SecretReference: Equatable, Sendable {
    /// The environment variable the step sees.
    package var name: String
    package var source: Source

    package enum Source: Equatable, Sendable {
        /// An absolute path, readable by the engine's user only.
        case file(String)
        /// A variable of the engine's own environment.
        case environment(String)
    }

    package init(name: String, source: Source) {
        self.name = name
        self.source = source
    }
}

/// How often and how patiently a failed attempt is tried again. Delays double as `backoffCoefficient` says.
package struct RetryPolicy: Equatable, Sendable {
    /// All tries, the first included; 1...100.
    package var attempts: Int
    package var initialInterval: Duration
    /// In thousandths, ≥ 1000: 2000 doubles each delay.
    package var backoffPerMille: Int
    package var maximumInterval: Duration
    /// Exit codes worth another try; empty means any failure.
    package var retryOn: [Int32]

    package init(
        attempts: Int = 1, initialInterval: Duration = .seconds(1), backoffPerMille: Int = 2000,
        maximumInterval: Duration = .seconds(60), retryOn: [Int32] = []
    ) {
        self.attempts = attempts
        self.initialInterval = initialInterval
        self.backoffPerMille = backoffPerMille
        self.maximumInterval = maximumInterval
        self.retryOn = retryOn
    }

    /// Release steps are not idempotent until someone says so.
    package static let once = RetryPolicy()
}

/// How long an attempt, and the step as a whole, may take; nil means no limit.
package struct Timeouts: Equatable, Sendable {
    package var attempt: Duration?
    /// From the first attempt's start, over all attempts and the delays between them.
    package var total: Duration?
    /// Between TERM and KILL.
    package var grace: Duration

    package init(attempt: Duration? = nil, total: Duration? = nil, grace: Duration = .seconds(10)) {
        self.attempt = attempt
        self.total = total
        self.grace = grace
    }

    /// An hour for an attempt: long enough for a migration, short enough that a hung one is found the same day.
    package static let standard = Timeouts(attempt: .seconds(3600))
}

/// A step's own budget policy; nil fields keep the plan's.
package struct StepBudget: Equatable, Sendable {
    /// The 90th percentile of past costs.
    package struct PastCost: Equatable, Sendable {
        /// How many were known; ≥ `runsMin`.
        package var runs: Int
        /// As time of full outage, rounded up; ≥ 0.
        package var outage: Duration

        /// Fewer say nothing.
        package static let runsMin = 5

        package init(runs: Int, outage: Duration) {
            self.runs = runs
            self.outage = outage
        }
    }

    package var isSkipped: Bool = false
    package var warnBelow: Ratio?
    package var stopBelow: Ratio?
    /// The worst it could cost; nil for a step that touches no traffic, or when nothing was said.
    package var forecast: StepForecast?
    /// What the same step cost in past runs, as known when the run was ordered; nil when too few are known.
    package var pastCost: PastCost?
    /// Why this step differs; may be empty only when nothing but `forecast` and `pastCost` is set.
    package var reason: String

    package init(isSkipped: Bool = false, warnBelow: Ratio? = nil, stopBelow: Ratio? = nil, reason: String) {
        self.isSkipped = isSkipped
        self.warnBelow = warnBelow
        self.stopBelow = stopBelow
        self.reason = reason
    }
}
