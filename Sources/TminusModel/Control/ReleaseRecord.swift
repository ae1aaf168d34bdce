/// A run that came to its end on a (service, environment): an index over the journal, rebuilt from it at will.
package struct ReleaseRecord: Equatable, Sendable {
    package var run: String
    package var service: String
    package var environment: String
    package var pipeline: String
    package var outcome: RunOutcome
    /// Whether any step with an effect had begun: a run aborted before that changed nothing.
    package var hadEffect: Bool
    package var change: ChangeClass
    package var release: ReleaseType
    /// The tag it was read from, else the value of the first `tag` or `version` input; nil when it names neither.
    package var version: String?
    /// The commit of that tag; nil when there is none.
    package var commit: String?
    package var lineage: Lineage?
    package var digest: String
    package var ended: Instant

    package init(
        run: String, service: String, environment: String, pipeline: String, outcome: RunOutcome, hadEffect: Bool,
        change: ChangeClass, release: ReleaseType, version: String? = nil, commit: String? = nil,
        lineage: Lineage? = nil, digest: String, ended: Instant
    ) {
        self.run = run
        self.service = service
        self.environment = environment
        self.pipeline = pipeline
        self.outcome = outcome
        self.hadEffect = hadEffect
        self.change = change
        self.release = release
        self.version = version
        self.commit = commit
        self.lineage = lineage
        self.digest = digest
        self.ended = ended
    }
}

extension ReleaseRecord: ReadFromJSON {
    package var json: JSON {
        .members([
            "run": .string(run), "service": .string(service), "environment": .string(environment),
            "pipeline": .string(pipeline), "outcome": .string(outcome.rawValue), "hadEffect": .ifTrue(hadEffect),
            "change": .string(change.rawValue), "release": .string(release.rawValue), "version": .text(version),
            "commit": .text(commit), "lineage": lineage?.json, "digest": .string(digest),
            "endedMilliseconds": .milliseconds(ended),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), service: try fields.text("service"),
            environment: try fields.text("environment"), pipeline: try fields.text("pipeline"),
            outcome: try fields.word("outcome"), hadEffect: try fields.flag("hadEffect"),
            change: try fields.word("change"), release: try fields.word("release"),
            version: try fields.optional("version"), commit: try fields.optional("commit"),
            lineage: try fields.optional("lineage"), digest: try fields.text("digest"),
            ended: try fields.instant("endedMilliseconds"))
        try fields.finish()
    }
}

extension Plan {
    /// What a person calls what this plan releases: its tag, else the first `tag` or `version` input.
    package var version: String? {
        source?.tag ?? inputs.first { $0.kind == .tag || $0.kind == .version }?.value
    }

    /// The commit of that.
    package var commit: String? { source?.commit ?? inputs.first { $0.kind == .tag }?.pin?.commit }
}
