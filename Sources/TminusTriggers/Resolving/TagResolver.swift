package import TminusGit
import TminusModel
import TminusPipeline

/// From a tag's name to a frozen plan: fetches, verifies, and reads the pipeline from the tagged commit. Believes
/// nothing that anybody says of the tag.
package struct TagResolver: Sendable {
    let mirrors: Mirrors

    package init(_ mirrors: Mirrors) { self.mirrors = mirrors }

    /// - Throws: every mistake of the pipeline at once, as `.badPipeline`; else the first thing that stands against it.
    package func resolve(_ request: TagRequest) async throws(TriggerFault) -> TaggedPlan {
        let url = try request.repository.address()
        return try await resolve(request, try await fetch(request, url), url)
    }

    /// The same for a tag that was fetched and verified just now.
    func resolve(
        _ request: TagRequest, _ tag: TagIdentity, _ url: GitURL
    ) async throws(TriggerFault) -> TaggedPlan {
        let mirror = try mirror(of: url)
        try await fetchOtherTags(request, url, mirror)
        let result: Result<Resolved, DiagnosticsError>
        do throws(GitError) {
            result = try await mirror.read { repository throws(GitError) in
                try Self.read(request, tag, url, repository)
            }
        } catch { throw TriggerFault(error) }
        do throws(DiagnosticsError) {
            return TaggedPlan(resolved: try result.get(), tag: tag, mirror: mirror)
        } catch { throw TriggerFault(error) }
    }

    private func mirror(of url: GitURL) throws(TriggerFault) -> GitMirror {
        do throws(GitError) { return try mirrors.mirror(of: url) } catch { throw TriggerFault(error) }
    }

    /// The tag as its repository has it now, with what its signature is worth: nobody has judged it yet.
    func tag(_ request: TagRequest, _ url: GitURL) async throws(TriggerFault) -> TagIdentity {
        let repository = request.repository
        do throws(GitError) {
            return try await mirrors.mirror(of: url).fetchTag(
                request.tag, from: url, repository.gitAccess, trust: repository.signatureTrust)
        } catch { throw TriggerFault(error) }
    }

    /// The tag as its repository has it now, verified.
    package func fetch(_ request: TagRequest, _ url: GitURL) async throws(TriggerFault) -> TagIdentity {
        let tag = try await tag(request, url)
        if let refusal = Self.refusal(tag, request) { throw TriggerFault(.refused, refusal) }
        return tag
    }

    /// Why the tag must not be released; nil when it may.
    static func refusal(_ tag: TagIdentity, _ request: TagRequest) -> String? {
        switch request.signature {
        case nil, .unsigned: return tag.refusal(requiring: .any)
        case .signed(let signers):
            if let refusal = tag.refusal(requiring: .signed) { return refusal }
            let isNamed =
                signers.isEmpty || signers.contains { signer in tag.signers.contains(where: Glob(signer).matches) }
            return isNamed
                ? nil
                : "tag \(tag.name) is \(tag.signatureWords), and may be released when signed by "
                    + signers.joined(separator: " or ")
        }
    }

    /// Tags that inputs name beside the one released, so that they can be pinned too. Those that are not there are
    /// reported where the input is.
    private func fetchOtherTags(
        _ request: TagRequest, _ url: GitURL, _ mirror: GitMirror
    ) async throws(TriggerFault) {
        let names = Set(request.inputs.map(\.value)).subtracting([request.tag]).filter(TagName.isAccepted).sorted()
        guard !names.isEmpty else { return }
        do throws(GitError) {
            let access = request.repository.gitAccess
            let listed = Set(try await GitMirror.references(of: url, access).compactMap(\.tagName))
            for name in names where listed.contains(name) { try await mirror.fetch(.tag(name), from: url, access) }
        } catch { throw TriggerFault(error) }
    }

    private static func read(
        _ request: TagRequest, _ tag: TagIdentity, _ url: GitURL, _ repository: GitRepository
    ) throws(GitError) -> Result<Resolved, DiagnosticsError> {
        guard let path = plain(request.pipeline) else {
            throw GitError(
                .badPath,
                "\"\(PrintableText.line(request.pipeline, limit: 120))\" is no path in a repository; write it from the "
                    + "repository's top, like pipelines/checkout.yaml")
        }
        // Says best what is wrong with the path itself.
        _ = try repository.file(path, at: tag.commit, limit: SourceReader.sizeMax)
        let place = TreePlace(repository, commit: tag.commit, tag: tag.name, pipeline: path)
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        let source = PlanSource(tag, repository: url.description, path: path)
        do throws(DiagnosticsError) {
            let pipeline = try PipelineLoader.load(name, in: place, shownAs: "\(tag.name):\(path)")
            return .success(
                try pipeline.resolve(
                    inputs: request.inputs.map { ($0.name, $0.value) }, in: place, from: source
                ) { other, name in
                    guard other == "." else { throw OtherRepository(path: other) }
                    let found = try repository.resolveTag(name)
                    return TagPin(object: found.object, commit: found.commit)
                })
        } catch {
            return .failure(error)
        }
    }

    /// Without `./` in front; nil when it is absolute or takes detours.
    private static func plain(_ path: String) -> String? {
        let rest = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        let names = rest.split(separator: "/", omittingEmptySubsequences: false)
        return names.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } ? String(rest) : nil
    }

    private struct OtherRepository: Error, CustomStringConvertible {
        var path: String
        var description: String {
            "a pipeline read from a tag takes tags of its own repository only, not of \(path)"
        }
    }
}

extension PlanSource {
    init(_ tag: TagIdentity, repository: String, path: String) {
        self.init(
            repository: repository, tag: tag.name, object: tag.object, commit: tag.commit, tree: tag.tree, path: path,
            tagger: tag.tagger.map { "\($0.name) <\($0.email)>" }, signer: tag.signingKey,
            committed: Instant(secondsSinceEpoch: tag.committer.seconds))
    }
}

extension TagIdentity {
    /// Of a good signature.
    fileprivate var signingKey: String? {
        guard case .good(_, _, let key) = signature else { return nil }
        return key
    }
}

extension Instant {
    /// What git says, kept to what an instant can hold.
    init(secondsSinceEpoch seconds: Int64) {
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        self = overflows ? (seconds > 0 ? .distantFuture : .distantPast) : Instant(millisecondsSinceEpoch: milliseconds)
    }
}
