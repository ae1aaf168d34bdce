/// What going back on a (service, environment) would do, for one screen: shown before it is done.
package struct RollbackProposal: Equatable, Sendable {
    /// The run that holds the target now; it is dealt with first.
    package struct Live: Equatable, Sendable {
        package enum Deed: String, Sendable, CaseIterable {
            /// It has done something, and is turned around.
            case rollback
            /// It has done nothing yet, and is dropped.
            case abort
            /// It is turning back already.
            case wait
        }

        package var run: String
        package var version: String?
        package var deed: Deed

        package init(run: String, version: String?, deed: Deed) {
            self.run = run
            self.version = version
            self.deed = deed
        }
    }

    /// A release, and when its run ended.
    package struct Release: Equatable, Sendable {
        package var run: String
        package var version: String?
        package var ended: Instant

        package init(run: String, version: String?, ended: Instant) {
            self.run = run
            self.version = version
            self.ended = ended
        }

        /// `v1.4.2 (checkout-12)`.
        package var name: String { version.map { "\($0) (\(run))" } ?? run }
    }

    /// A release that is taken back, by a run of its own.
    package struct Undone: Equatable, Sendable {
        package var release: Release
        /// Of the plan that undoes it: what was shown is what is done.
        package var digest: String
        package var lines: [RollbackLine]
        /// Its points of no return; with one of them it is refused unless whoever asks insists.
        package var pivots: [String]

        package init(release: Release, digest: String, lines: [RollbackLine], pivots: [String]) {
            self.release = release
            self.digest = digest
            self.lines = lines
            self.pivots = pivots
        }
    }

    package var service: String
    package var environment: String
    package var live: Live?
    /// Runs that wait for the target, oldest first: they go on afterwards.
    package var waiting: [String]
    /// Newest first.
    package var undone: [Undone]
    /// What is in place afterwards; nil when nothing is known to be.
    package var restored: Release?
    /// What else whoever decides must know, a sentence each.
    package var warnings: [String] = []

    package init(
        service: String, environment: String, live: Live?, waiting: [String], undone: [Undone], restored: Release?
    ) {
        self.service = service
        self.environment = environment
        self.live = live
        self.waiting = waiting
        self.undone = undone
        self.restored = restored
    }
}

/// What becomes of one step of a release that is taken back.
package struct RollbackLine: Equatable, Sendable {
    package enum Deed: String, Sendable, CaseIterable {
        /// A command undoes it.
        case undo
        /// Maintenance begins, or ends.
        case enter, leave
        /// It stays as it is.
        case keep
    }

    package var deed: Deed
    package var step: String
    /// The command, or why nothing is done.
    package var text: String

    package init(deed: Deed, step: String, text: String) {
        self.deed = deed
        self.step = step
        self.text = text
    }
}

extension RollbackLine: ReadFromJSON {
    package var json: JSON {
        .members(["deed": .string(deed.rawValue), "step": .string(step), "text": .string(text)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(deed: try fields.word("deed"), step: try fields.text("step"), text: try fields.text("text"))
        try fields.finish()
    }
}

extension RollbackProposal.Live: ReadFromJSON {
    package var json: JSON {
        .members(["run": .string(run), "version": .text(version), "deed": .string(deed.rawValue)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), version: try fields.optional("version"), deed: try fields.word("deed"))
        try fields.finish()
    }
}

extension RollbackProposal.Release: ReadFromJSON {
    package var json: JSON {
        .members(["run": .string(run), "version": .text(version), "endedMilliseconds": .milliseconds(ended)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), version: try fields.optional("version"),
            ended: try fields.instant("endedMilliseconds"))
        try fields.finish()
    }
}

extension RollbackProposal.Undone: ReadFromJSON {
    package var json: JSON {
        .members([
            "release": release.json, "digest": .string(digest), "lines": .array(lines.map(\.json)),
            "pivots": .unlessEmpty(pivots),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            release: try fields.required("release"), digest: try fields.text("digest"),
            lines: try fields.list("lines"), pivots: try fields.list("pivots"))
        try fields.finish()
    }
}

extension RollbackProposal: ReadFromJSON {
    package var json: JSON {
        .members([
            "service": .string(service), "environment": .string(environment), "live": live?.json,
            "waiting": .unlessEmpty(waiting), "undone": .unlessEmpty(undone.map(\.json)), "restored": restored?.json,
            "warnings": .unlessEmpty(warnings),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            service: try fields.text("service"), environment: try fields.text("environment"),
            live: try fields.optional("live"), waiting: try fields.list("waiting"),
            undone: try fields.list("undone"), restored: try fields.optional("restored"))
        warnings = try fields.list("warnings")
        try fields.finish()
    }
}
