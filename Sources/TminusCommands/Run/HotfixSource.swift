import TminusAPI
import TminusGit
import TminusModel

/// From what a person said of a hotfix to the pipeline that is meant.
struct HotfixSource {
    let tag: String?
    let repository: String?
    let pipeline: String?
    let service: String?
    let environment: String?
    let incident: String

    /// The repository, nil for a pipeline on the disk, and the pipeline's path in it.
    ///
    /// - Throws: `.badInput` with what to say instead, every candidate as a command, when it is not clear.
    func found(_ options: EngineOptions) async throws -> (repository: String?, pipeline: String) {
        guard let tag else { return (nil, pipeline ?? "") }
        if let repository, let pipeline { return (repository, pipeline) }
        let all = try await Connection.use(options) { client in try await client.sources(ofTag: tag) }
        let fitting = Self.distinct(all.filter(fits))
        guard let source = fitting.first else { throw Failure(.badInput, nothing(tag, all)) }
        guard fitting.count == 1 else {
            let commands = fitting.prefix(20).map { "\n  \(command(tag, $0))   (\(Self.words($0)))" }.joined()
            throw Failure(.badInput, "\(tag) may be any of these; say which:\(commands)")
        }
        Output.complain("\(source.pipeline) of \(source.repository), as \(source.origin) has it")
        return (source.repository, source.pipeline)
    }

    private func fits(_ source: ReleaseSource) -> Bool {
        if let repository, Self.plain(source.repository) != Self.plain(repository) { return false }
        if let pipeline, source.pipeline != pipeline { return false }
        if let service, let own = source.service, own != service { return false }
        if let environment, let own = source.environment, own != environment { return false }
        return true
    }

    /// One way of several to write an address.
    private static func plain(_ url: String) -> String { (try? GitURL(url)).map(\.description) ?? url }

    /// The first that says so of each pipeline.
    private static func distinct(_ sources: [ReleaseSource]) -> [ReleaseSource] {
        var seen: Set<[String]> = []
        return sources.filter { seen.insert([plain($0.repository), $0.pipeline]).inserted }
    }

    private static func words(_ source: ReleaseSource) -> String {
        let place = [source.service, source.environment].compactMap { $0 }.joined(separator: " in ")
        return place.isEmpty ? source.origin : "\(place), \(source.origin)"
    }

    private func command(_ tag: String, _ source: ReleaseSource) -> String {
        "tminus hotfix --repo \(source.repository) --tag \(tag) --incident \(incident) \(source.pipeline)"
    }

    private func nothing(_ tag: String, _ all: [ReleaseSource]) -> String {
        let how = "say it: tminus hotfix --repo URL --tag \(tag) --incident \(incident) PIPELINE"
        if all.isEmpty {
            return "nothing says which pipeline \(tag) belongs to: no trigger of the policy takes this tag, and "
                + "nothing that was released here came from one; \(how)"
        }
        let known = Self.distinct(all).prefix(20).map { "\n  \(command(tag, $0))   (\(Self.words($0)))" }.joined()
        return "no known pipeline is the one you mean; \(how). Known are:\(known)"
    }
}
