internal import TminusCore
package import TminusModel
internal import TminusPorts

extension Engine {
    /// Ended runs that are looked at for where a service's pipeline comes from.
    private static let releasesForSources = 500

    /// Where the newest good release of each (service, environment) was read from; those from a tag only, newest first.
    ///
    /// - Throws: `.store`.
    package func releaseSources() async throws(EngineError) -> [ReleaseSource] {
        var looked: Set<LockName> = []
        var sources: [ReleaseSource] = []
        for record in try await releases(service: nil, environment: nil, limit: Self.releasesForSources) {
            if case .rollback = record.lineage { continue }
            let target = LockName(service: record.service, environment: record.environment)
            guard record.outcome == .succeeded, looked.insert(target).inserted,
                let source = try? await state(of: record.run).plan.source
            else { continue }
            sources.append(
                ReleaseSource(
                    repository: source.repository, pipeline: source.path, service: record.service,
                    environment: record.environment, origin: "\(record.run), the last release of it"))
        }
        return sources
    }
}
