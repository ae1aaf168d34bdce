import TminusEngine
import TminusModel
import TminusPolicy

/// Which pipelines a tag may lead to: by the policy's triggers, and by what was released before.
struct KnownSources: Sendable {
    let engine: Engine
    let policy: PolicyFile

    /// The policy's first, in its order. Never throws: what can't be read is not known.
    func of(tag: String) async -> [ReleaseSource] {
        var sources: [ReleaseSource] = []
        let tags = ((try? policy.policy()) ?? nil)?.tags
        for (index, rule) in (tags?.rules ?? []).enumerated() where Glob(rule.tags).matches(tag) {
            guard let url = tags?.repository(named: rule.repository)?.url else { continue }
            sources.append(
                ReleaseSource(
                    repository: url, pipeline: rule.pipeline, environment: rule.environment,
                    origin: "trigger \(index + 1) of the policy"))
        }
        return sources + ((try? await engine.releaseSources()) ?? [])
    }
}
