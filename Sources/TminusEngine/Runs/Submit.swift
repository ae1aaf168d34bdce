internal import TminusCore
package import TminusModel
internal import TminusPorts

extension Engine {
    /// Pinned files of one plan: at most so many, of so many bytes together.
    package static let filesMax = 4_096
    package static let fileBytesMax = 64 << 20

    /// Makes a run of a plan: checks it, keeps its files, and returns the run's name once its first event is durable.
    ///
    /// `digest` is the SHA-256 of the plan's canonical JSON and `files` holds what it pins, by digest. When another run
    /// has the (service, environment), this one waits for it.
    ///
    /// Where a policy is in force it says what the change needs, or refuses it; a rollback needs nothing.
    ///
    /// - Parameters:
    ///   - origin: the tag this comes from; no two runs have the same.
    ///   - changes: the commits it brings, newest first.
    ///   - incident: what an emergency is about.
    ///   - endsAfter: the position of the phase with which the run ends, once it is sealed.
    ///   - sealed: what another run did of the same plan; checked by whoever says so.
    /// - Throws: `.badPlan` when something is not what it says it is, `.refused` saying who may, when, or how,
    ///   `.duplicate` when the tag has made a run, `.files`, `.store`, `.unavailable`.
    package func submit(
        _ plan: Plan, digest: String, files: [String: [UInt8]], by person: Person, reason: String? = nil,
        pausesAfter: Int? = nil, origin: TagOrigin? = nil, changes: [ChangelogEntry] = [], lineage: Lineage? = nil,
        incident: String? = nil, endsAfter: Int? = nil, sealed: SealedStart? = nil
    ) async throws(EngineError) -> String {
        guard isStarted, !isLeaving else { throw .leaving }
        if let number = parts.emergency {
            guard case .rollback = lineage else {
                throw EngineError(
                    .refused,
                    "the journal is gone, and emergency/\(number) stands in for it: only going back is possible "
                        + "(tminus rollback --service). Put the journal back, or restore a backup: tminus store "
                        + "restore")
            }
        }
        guard live.count < Self.liveRunsMax else {
            throw EngineError(.unavailable, "\(live.count) runs are live, and no more may be; end some first")
        }
        if let pausesAfter, !plan.phases.indices.contains(pausesAfter) {
            throw EngineError(.badPlan, "the plan has no phase \(pausesAfter) to pause after")
        }
        if let endsAfter { try Self.check(endsAfter, plan) }
        submitting += 1
        noteIdle()
        defer {
            submitting -= 1
            noteIdle()
        }
        let requirement = try await requirement(
            of: plan, digest: digest, by: person, lineage: lineage, incident: incident)
        let contents = try await Self.check(plan, digest: digest, files: files, hash: parts.digest)
        let run = try await allot(plan.pipeline)
        if !contents.isEmpty { try await parts.files.keep(contents, of: run) }
        guard !isLeaving else { throw .leaving }
        let at = max(now, newestSubmission.advanced(by: .milliseconds(1)))
        newestSubmission = at
        var submission = Submission(
            run: run, plan: plan, digest: digest, by: person.name, reason: reason, pausesAfter: pausesAfter)
        submission.endsAfter = endsAfter
        submission.sealed = sealed
        submission.requirement = requirement
        submission.lineage = lineage
        submission.isAutomated = person.isAutomation
        submission.changes = Array(changes.prefix(Submission.changesMax))
        let state = RunState(submission, at: at)
        let batch = JournalBatch(
            expected: 0, events: [Event(sequence: 1, at: at, body: .runSubmitted(submission))],
            summary: state.summary(now: at), plan: plan, origin: origin)
        let failure = await withCheckedContinuation { submitter in
            let live = LiveRun(batch.summary, durable: 0)
            pending.append(PendingAppend(run: live, batch: batch, opening: (state, submitter)))
            kick()
        }
        if let failure { throw failure }
        try await openReview(of: state)
        return run
    }

    private func allot(_ pipeline: String) async throws(EngineError) -> String {
        let last: Int
        do throws(StoreError) {
            last = min(try await parts.journal.lastNumber(of: pipeline), Self.numberMax)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
        while true {
            let number = max(last, numbers[pipeline] ?? 0) + 1
            numbers[pipeline] = number
            let run = name(number, of: pipeline)
            // Of a run that only a newer journal knows, when an older one was restored: what its attempts left would
            // be taken for what this one's did.
            if await !parts.files.hasAttempts(run) { return run }
        }
    }

    /// Far above all that are given, and far below where counting would overflow.
    private static let numberMax = 1 << 60

    private func name(_ number: Int, of pipeline: String) -> String {
        // A name that no run of the journal proper has: it is put there once that is back.
        if let emergency = parts.emergency { return "\(pipeline)-emergency-\(emergency)-\(number)" }
        return "\(pipeline)-\(number)"
    }
}

extension Engine {
    /// Checks what the client says of a plan and its files, off the engine. Returns the files in the plan's order.
    private nonisolated static func check(
        _ plan: Plan, digest: String, files: [String: [UInt8]], hash: @Sendable ([UInt8]) -> String
    ) async throws(EngineError) -> [PinnedContent] {
        try checkNames(plan)
        let actual = hash(plan.json.bytes)
        guard actual == digest else {
            throw EngineError(
                .badPlan,
                "the plan's digest is \(actual.prefix(12))…, not the \(digest.prefix(12))… that was said; "
                    + "resolve it again")
        }
        guard plan.files.count <= filesMax else {
            throw EngineError(.badPlan, "the plan pins \(plan.files.count) files; at most \(filesMax) may be")
        }
        var contents: [PinnedContent] = []
        contents.reserveCapacity(plan.files.count)
        var bytes = 0
        var sound: Set<String> = []
        for file in plan.files {
            guard let content = files[file.digest] else {
                throw EngineError(.badPlan, "the content of \(file.path) was not sent along; send it and try again")
            }
            bytes += content.count
            guard bytes <= fileBytesMax else {
                throw EngineError(.badPlan, "the plan pins more than \(fileBytesMax >> 20) MiB of files")
            }
            let isSound = sound.contains(file.digest) || hash(content) == file.digest
            guard isSound, Int64(content.count) == file.size else {
                throw EngineError(
                    .badPlan, "\(file.path) changed while the plan was made: its content is not what the plan pins")
            }
            sound.insert(file.digest)
            contents.append(PinnedContent(file: file, content: content))
        }
        return contents
    }

    /// A run's name is a folder's name, and so are its steps'.
    private nonisolated static func checkNames(_ plan: Plan) throws(EngineError) {
        let name = plan.pipeline.utf8
        let isName = (1...63).contains(name.count) && name.first != UInt8(ascii: ".") && name.first != UInt8(ascii: "-")
        let isPlain = name.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard isName, isPlain else {
            throw EngineError(
                .badPlan, "'\(plan.pipeline.prefix(80))' is no pipeline name: letters, digits, - _ . only")
        }
        for file in plan.files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            guard !file.path.utf8.contains(0), !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
                throw EngineError(.badPlan, "the pinned path '\(file.path.prefix(200))' leaves the run's folder")
            }
        }
    }
}
