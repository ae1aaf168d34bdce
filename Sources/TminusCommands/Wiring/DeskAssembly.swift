import Logging
import TminusCore
import TminusEngine
import TminusGit
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusPorts
import TminusSQLite
import TminusTriggers

/// The desk where hints at tags end, with the engine behind it.
struct DeskAssembly {
    let engine: Engine
    let journal: SQLiteJournal
    let policy: PolicyFile
    /// A folder.
    let mirrors: String
    let logger: Logger

    var desk: TagDesk {
        trustAuthorities()
        let (engine, journal, policy, logger) = (engine, journal, policy, logger)
        return TagDesk(
            TagDesk.Parts(
                resolver: TagResolver(Mirrors(folder: mirrors)),
                policy: { () throws(PolicyFault) in try policy.policy()?.tags },
                runs: { (repository, tag) async throws(StoreError) in
                    try await journal.runs(repository: repository, tag: tag)
                },
                lastCommit: { plan in
                    let records = try? await engine.releases(
                        service: plan.service, environment: plan.environment, limit: 50)
                    return ReleaseStack(records ?? []).withCommit?.commit
                },
                submit: { await Self.submit($0, engine) },
                note: { fact in
                    do { try await engine.note(fact) } catch {
                        logger.error("what became of a tag could not be recorded: \(error)")
                    }
                },
                log: { order, outcome in Self.log(order, outcome, logger) }))
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
        let resolved = submission.plan.resolved
        do throws(EngineError) {
            let run = try await engine.submit(
                resolved.plan, digest: resolved.digest, files: resolved.files, by: submission.person,
                reason: submission.reason, origin: submission.origin, changes: submission.changes)
            return .run(run)
        } catch {
            return switch error.code {
            case .duplicate: .duplicate
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
