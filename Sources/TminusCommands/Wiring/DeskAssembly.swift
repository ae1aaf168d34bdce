import Logging
import TminusCore
import TminusEngine
import TminusGit
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusPorts
import TminusSQLite
import TminusServer
import TminusTriggers

/// The desk where hints at tags end, with the engine behind it.
struct DeskAssembly {
    let engine: Engine
    let journal: SQLiteJournal
    let policy: PolicyFile
    /// A folder.
    let mirrors: String
    let logger: Logger

    private var resolver: TagResolver { TagResolver(Mirrors(folder: mirrors)) }

    /// Whether a plan is what the tag says that it names.
    var askSource: @Sendable (TminusModel.Plan, _ isHotfix: Bool) async -> SourceAnswer {
        let (engine, policy) = (engine, policy)
        let check = SourceCheck(
            resolver: resolver,
            policy: { () throws(TriggerFault) in
                do throws(PolicyFault) { return try policy.policy()?.tags } catch {
                    throw TriggerFault(
                        .refused, "the policy can't be read, so nothing new starts: \(error.description)")
                }
            },
            lastCommit: { await Self.lastCommit(of: $0, engine) })
        return { plan, isHotfix in
            do throws(TriggerFault) {
                return try await check.changes(of: plan, isHotfix: isHotfix).map(SourceAnswer.agrees) ?? .unasked
            } catch {
                return error.isPassing && error.code != .notFound
                    ? .unreachable(error.description) : .refused(error.description)
            }
        }
    }

    var desk: TagDesk {
        trustAuthorities()
        let (engine, journal, policy, logger) = (engine, journal, policy, logger)
        return TagDesk(
            TagDesk.Parts(
                resolver: resolver,
                policy: { () throws(PolicyFault) in try policy.policy()?.tags },
                runs: { (repository, tag) async throws(StoreError) in
                    try await journal.runs(repository: repository, tag: tag)
                },
                lastCommit: { await Self.lastCommit(of: $0, engine) },
                submit: { await Self.submit($0, engine) },
                note: { fact in
                    do { try await engine.note(fact) } catch {
                        logger.error("what became of a tag could not be recorded: \(error)")
                    }
                },
                page: { held in
                    await engine.pageHeldTag(
                        held.run, repository: held.repository, key: held.pageKey, reason: held.reason)
                },
                log: { order, outcome in Self.log(order, outcome, logger) }))
    }

    private static func lastCommit(of plan: TminusModel.Plan, _ engine: Engine) async -> String? {
        let records = try? await engine.releases(service: plan.service, environment: plan.environment, limit: 50)
        return ReleaseStack(records ?? []).withCommit?.commit
    }

    /// For the whole process, before anything is fetched.
    private func trustAuthorities() {
        let files = ((try? policy.policy()) ?? nil)?.tags.repositories.flatMap(\.authorities) ?? []
        guard !files.isEmpty else { return }
        do throws(GitError) { try CertificateAuthorities.use(files: files) } catch {
            logger.error("authorities for git over https are not trusted: \(error.description)")
        }
    }

    private static func submit(_ submission: TaggedSubmission, _ engine: Engine) async -> TagSubmitted {
        let read = submission.plan.resolved
        let plan = await engine.withHistory(read.plan)
        let resolved = plan == read.plan ? read : read.with(plan)
        do throws(EngineError) {
            let run = try await engine.submit(
                resolved.plan, digest: resolved.digest, files: resolved.files, by: submission.person,
                reason: submission.reason, origin: submission.origin, changes: submission.changes)
            return .run(run)
        } catch {
            return switch error.code {
            case .duplicate: .duplicate
            case .moved: .moved(error.description)
            case .badPlan, .refused, .unknownRun: .refused(error.description)
            case .unavailable, .store, .files: .later(error.description)
            }
        }
    }

    private static func log(_ order: TagOrder, _ outcome: TagOutcome, _ logger: Logger) {
        let level: Logger.Level =
            switch outcome {
            case .started, .known, .unmatched: .notice
            case .refused, .retry: .warning
            case .held: .error
            }
        logger.log(
            level: level, "tag \(outcome.word)",
            metadata: [
                "repository": "\(PrintableText.line(order.repository, limit: 200))",
                "tag": "\(PrintableText.line(order.tag, limit: 128))", "cause": "\(order.cause)",
                "run": "\(outcome.run ?? "")", "reason": "\(outcome.reason)",
            ])
    }
}
