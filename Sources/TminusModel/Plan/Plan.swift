/// A pipeline resolved and frozen for one run: a DAG of steps with everything they need pinned.
///
/// It is the payload of a run's first event; its digest is the SHA-256 of its canonical JSON. Steps stand in plan
/// order (the order written, phase by phase), and a `StepIndex` is a position in `steps`.
package struct Plan: Equatable, Sendable {
    package var pipeline: String
    package var service: String
    package var environment: String
    package var change: ChangeClass
    package var release: ReleaseType
    /// The pipeline's folder, absolute: the working directory of every command. `.` for a pipeline read from a tag: its
    /// whole folder is pinned, and commands work where the run keeps the pinned files.
    package var folder: String
    /// In the order declared.
    package var inputs: [PlanInput] = []
    package var contacts: [Contact] = []
    /// Every indicator that a budget or judging rule reads, by position.
    package var indicators: [Indicator] = []
    package var metrics: MetricEndpoints?
    package var budget: BudgetPolicy?
    package var rules: [JudgingRule] = []
    /// The whole run, from its start; past it the run rolls back. Nil means no limit.
    package var deadline: Duration?
    /// Most forward or rollback attempts at once, 1...1000.
    package var attemptsAtOnceMax: Int = 8
    /// Run, durably retried, when a person is needed.
    package var onPage: Command?
    /// Never empty.
    package var phases: [Phase]
    package var steps: [Step]
    /// Files that commands name, pinned by digest; sorted by path.
    package var files: [PinnedFile] = []
    /// The tagged commit this was read from; nil for a pipeline read from the disk.
    package var source: PlanSource?

    package init(
        pipeline: String, service: String, environment: String, change: ChangeClass, release: ReleaseType,
        folder: String, phases: [Phase], steps: [Step]
    ) {
        self.pipeline = pipeline
        self.service = service
        self.environment = environment
        self.change = change
        self.release = release
        self.folder = folder
        self.phases = phases
        self.steps = steps
    }

    /// The working directory of its commands, absolute.
    ///
    /// - Parameter files: where the run keeps the pinned files.
    package func workingDirectory(files: String) -> String { folder == "." ? files : folder }

    /// The step named `name`; nil when there is none.
    package func step(named name: String) -> StepIndex? {
        steps.firstIndex { $0.name == name }
    }
}

/// A position in `Plan.steps`.
package typealias StepIndex = Int

/// How much ceremony a change needs, as change management has it.
package enum ChangeClass: String, Sendable, CaseIterable { case standard, normal, emergency, major }
/// What kind of release it is, by its version number or its hurry.
package enum ReleaseType: String, Sendable, CaseIterable { case major, minor, patch, hotfix }

/// T-1, T-0, or any name: a group of steps that starts when the phase before it is done.
package struct Phase: Equatable, Sendable {
    package var name: String
    package var window: Window?

    package init(name: String, window: Window? = nil) {
        self.name = name
        self.window = window
    }
}

/// A daily window in a named IANA zone. The edge turns it into instants; the core only ever sees those.
package struct Window: Equatable, Sendable {
    /// Minutes after local midnight, 0...1439; `until` is later than `from`, or 1440 for midnight.
    package var fromMinute: Int
    package var untilMinute: Int
    package var zone: String

    package init(fromMinute: Int, untilMinute: Int, zone: String) {
        self.fromMinute = fromMinute
        self.untilMinute = untilMinute
        self.zone = zone
    }
}

/// Whom to reach; plain information, printed in plans and reports.
package struct Contact: Equatable, Sendable {
    package var role: String
    package var name: String
    package var reach: String

    package init(role: String, name: String, reach: String) {
        self.role = role
        self.name = name
        self.reach = reach
    }
}

/// One input with the value this run was given.
package struct PlanInput: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable { case tag, version, digest, string, integer, boolean, choice }

    package var name: String
    package var kind: Kind
    package var value: String
    /// For a tag: what it pointed at when the plan was made.
    package var pin: TagPin?

    package init(name: String, kind: Kind, value: String, pin: TagPin? = nil) {
        self.name = name
        self.kind = kind
        self.value = value
        self.pin = pin
    }
}

/// What a git tag pointed at when the plan was made; both are 40 or 64 lower-case hexadecimal digits.
package struct TagPin: Equatable, Sendable {
    /// The tag object; equal to `commit` for a lightweight tag.
    package var object: String
    package var commit: String

    package init(object: String, commit: String) {
        self.object = object
        self.commit = commit
    }
}

/// A file copied into the run's directory before the run starts.
package struct PinnedFile: Equatable, Sendable {
    /// Relative to the plan's folder, without `..`.
    package var path: String
    /// SHA-256, lower-case hexadecimal.
    package var digest: String
    package var size: Int64
    package var isExecutable: Bool

    package init(path: String, digest: String, size: Int64, isExecutable: Bool) {
        self.path = path
        self.digest = digest
        self.size = size
        self.isExecutable = isExecutable
    }
}
