import TminusAPI
import TminusCore
import TminusGit
import TminusModel
import TminusPipeline
import TminusReports
import TminusTriggers

/// A plan to run, from wherever it was read.
struct LoadedPlan {
    var resolved: Resolved
    /// Nil for a plan that no tag made.
    var tagged: Tagged?

    /// What only a plan from a tag has.
    struct Tagged {
        var signature: String
        var changes: ReleaseChanges
        /// The release that `changes` start after.
        var since: ReleaseRecord?

        /// - Parameter until: when it is to be released.
        func report(until: Instant) -> ChangeReport {
            let name = since.map { "since \($0.version ?? String($0.commit?.prefix(12) ?? "")) (\($0.run))" }
            return ChangeReport(
                changes.entries, since: name, added: changes.added, removed: changes.removed, unknown: changes.unknown,
                until: until, clock: LocalTime.clock(at: until))
        }
    }
}

/// From a pipeline's file, or a tag's, to a plan.
enum TagLoading {
    /// What is wrong goes to standard error, or to standard output as JSON.
    ///
    /// - Throws: `Failure`, silent once everything was said.
    static func load(
        _ pipeline: PipelineOptions, _ tag: TagOptions, _ options: EngineOptions
    ) async throws -> LoadedPlan {
        guard let repo = tag.repo, let name = tag.tag else {
            return LoadedPlan(
                resolved: try PlanLoading.resolveOrComplain(pipeline.file, pipeline.input, options.look))
        }
        let request = TagRequest(
            repository: tag.access.repository(repo), tag: name, pipeline: pipeline.file,
            inputs: pipeline.input.map { Variable(name: $0.name, value: $0.value) }, signature: tag.access.signature)
        // The mirror is on this machine, wherever the engine is.
        let directory = try DataDirectory.found(option: options.data, environment: Environment.current)
        try directory.prepare()
        let resolver = TagResolver(Mirrors(folder: directory.mirrors))
        let tagged = try await resolve(request, resolver, options.look)
        let since = await lastRelease(tagged.plan, options)
        let changes = await resolver.changes(of: tagged, since: since?.commit)
        return LoadedPlan(
            resolved: tagged.resolved,
            tagged: LoadedPlan.Tagged(signature: tagged.tag.signatureWords, changes: changes, since: since))
    }

    private static func resolve(
        _ request: TagRequest, _ resolver: TagResolver, _ look: LookOptions
    ) async throws -> TaggedPlan {
        if !request.repository.authorities.isEmpty {
            do throws(GitError) { try CertificateAuthorities.use(files: request.repository.authorities) } catch {
                throw Failure(.badInput, error.description)
            }
        }
        do throws(TriggerFault) {
            let tagged = try await resolver.resolve(request)
            for warning in tagged.resolved.warnings where !look.json { Output.complain(warning.text) }
            return tagged
        } catch {
            if let diagnostics = error.diagnostics {
                if look.json { Output(look).print(diagnostics.json) } else { Output.complain(diagnostics.description) }
                throw Failure.silent(.badInput)
            }
            throw Failure(error)
        }
    }

    /// Nil when there is none, and when no engine can be asked: then the changes are not shown.
    private static func lastRelease(_ plan: TminusModel.Plan, _ options: EngineOptions) async -> ReleaseRecord? {
        let records = try? await Connection.use(options) { client in
            try await client.releases(service: plan.service, environment: plan.environment)
        }
        return ReleaseStack(records ?? []).withCommit
    }
}

extension Failure {
    init(_ fault: TriggerFault) {
        let status: ExitStatus =
            switch fault.code {
            case .badPipeline, .notFound: .badInput
            case .unreachable, .refused, .badAccess: .failed
            }
        self.init(status, fault.description)
    }
}
