import TminusGit
import TminusModel
import TminusPorts

/// One look at one tag.
struct TagLook: Sendable {
    let parts: TagDesk.Parts
    let order: TagOrder

    /// Why a look ends early.
    fileprivate struct End: Error {
        var outcome: TagOutcome
        init(_ outcome: TagOutcome) { self.outcome = outcome }
    }

    /// The tag's name, safe to print.
    var shownTag: String { PrintableText.line(order.tag, limit: 128) }

    /// What becomes of it, and the tag's object as far as it was seen, else empty.
    func outcome() async -> (TagOutcome, object: String) {
        var object = ""
        do throws(End) { return (try await look(&object), object) } catch { return (error.outcome, object) }
    }

    private func look(_ object: inout String) async throws(End) -> TagOutcome {
        let policy = try policy()
        let repository = try repository(policy)
        let candidates = try candidates(policy, repository)
        let url: GitURL
        let tag: TagIdentity
        do throws(TriggerFault) {
            url = try repository.address()
            let request = TagRequest(repository: repository, tag: order.tag, pipeline: "")
            tag = try await parts.resolver.fetch(request, url)
        } catch { throw End(error) }
        object = tag.object
        let runs = try await runs(of: url)
        if let other = runs.last(where: { $0.origin.object != tag.object }) {
            return .held(
                "tag \(order.tag) of \(url) was moved: it was object \(other.origin.object.prefix(12)) when it made "
                    + "\(other.run), and is \(tag.object.prefix(12)) now; find out who moved it, and release under a "
                    + "new tag")
        }
        let rule = try rule(for: tag, candidates, repository)
        if let known = runs.first(where: { $0.origin.pipeline == rule.pipeline }) { return .known(known.run) }
        return try await start(rule, tag, url, repository)
    }

    private func policy() throws(End) -> TriggerPolicy? {
        do throws(PolicyFault) { return try parts.policy() } catch {
            throw End(.retry("the policy can't be read, so nothing new starts: \(error.description)"))
        }
    }

    /// The one that is named; for an address that the policy does not have, one that is open to everybody.
    private func repository(_ policy: TriggerPolicy?) throws(End) -> RepositorySpec {
        guard TagName.isAccepted(order.tag) else {
            throw End(.refused("\"\(shownTag)\" is no name of a tag that is released"))
        }
        if let named = policy?.repository(named: order.repository) { return named }
        guard let url = try? GitURL(order.repository), order.person != nil, order.pipeline != nil else {
            let name = PrintableText.line(order.repository, limit: 120)
            throw End(
                .unmatched(
                    "no repository '\(name)' in the policy; add it under 'repositories:', or name an address and a "
                        + "pipeline"))
        }
        let known = policy?.repositories.first { (try? GitURL($0.url)).map(\.description) == url.description }
        return known ?? RepositorySpec(name: "", url: order.repository)
    }

    /// Triggers that may take the tag, with their numbers, before its signer is known.
    private func candidates(
        _ policy: TriggerPolicy?, _ repository: RepositorySpec
    ) throws(End) -> [(number: Int, rule: TriggerRule)] {
        let all = (policy?.rules ?? []).enumerated().map { (number: $0.offset + 1, rule: $0.element) }
        let own = all.filter { $0.rule.repository == repository.name && Glob($0.rule.tags).matches(order.tag) }
        guard let pipeline = order.pipeline else {
            if !own.isEmpty { return own }
            throw End(.unmatched("no trigger of repository \(repository.shown) takes tag \(order.tag)"))
        }
        let plain = pipeline.hasPrefix("./") ? String(pipeline.dropFirst(2)) : pipeline
        let chosen = own.filter { $0.rule.pipeline == plain }
        if !chosen.isEmpty { return chosen }
        guard let person = order.person else {
            throw End(.unmatched("no trigger of repository \(repository.shown) leads tag \(order.tag) to \(plain)"))
        }
        // A person who may start runs may choose the pipeline; whom the repository trusts must have signed.
        guard person.may(.start) else {
            throw End(
                .refused(
                    "\(person.name) may not start runs: that takes the right start, which the policy grants "
                        + "(tminus policy show)"))
        }
        let signature = repository.trust == nil ? TriggerRule.Signature.unsigned : .signed(by: [])
        return [
            (0, TriggerRule(repository: repository.name, tags: order.tag, signature: signature, pipeline: plain))
        ]
    }

    private func runs(of url: GitURL) async throws(End) -> [TaggedRun] {
        do throws(StoreError) { return try await parts.runs(url.description, order.tag) } catch {
            throw End(.retry("the journal could not be read: \(error)"))
        }
    }

    /// The first whose signer made the tag.
    private func rule(
        for tag: TagIdentity, _ candidates: [(number: Int, rule: TriggerRule)], _ repository: RepositorySpec
    ) throws(End) -> TriggerRule {
        var reasons: [String] = []
        for candidate in candidates {
            let request = TagRequest(
                repository: repository, tag: order.tag, pipeline: "", signature: candidate.rule.signature)
            guard let refusal = TagResolver.refusal(tag, request) else { return candidate.rule }
            reasons.append(candidate.number == 0 ? refusal : "trigger \(candidate.number): \(refusal)")
        }
        throw End(.unmatched(reasons.joined(separator: "; ")))
    }

    private func start(
        _ rule: TriggerRule, _ tag: TagIdentity, _ url: GitURL, _ repository: RepositorySpec
    ) async throws(End) -> TagOutcome {
        let request = TagRequest(
            repository: repository, tag: order.tag, pipeline: rule.pipeline, inputs: rule.inputs,
            signature: rule.signature)
        let tagged: TaggedPlan
        do throws(TriggerFault) { tagged = try await parts.resolver.resolve(request, tag, url) } catch {
            throw End(error)
        }
        let plan = tagged.plan
        if let fault = Self.mismatch(plan, rule) { return .refused(fault) }
        guard let origin = tagged.origin else { return .refused("the plan has no source") }
        let changes = await parts.resolver.changes(of: tagged, since: await parts.lastCommit(plan))
        let person = order.person ?? Person(name: "tag:\(repository.name)", rights: [.start], isAutomation: true)
        let submission = TaggedSubmission(
            plan: tagged, origin: origin, person: person, changes: changes.entries,
            reason: "tag \(order.tag) (\(order.cause))")
        switch await parts.submit(submission) {
        case .run(let run): return .started(run)
        case .refused(let reason): return .refused(reason)
        case .later(let reason): return .retry(reason)
        case .duplicate:
            let runs = try await runs(of: url)
            if let known = runs.first(where: { $0.origin == origin }) { return .known(known.run) }
            return .retry("the tag has made a run already, which the journal does not show yet")
        }
    }

    /// What the pipeline says against the trigger; nil when they agree.
    private static func mismatch(_ plan: Plan, _ rule: TriggerRule) -> String? {
        if let environment = rule.environment, environment != plan.environment {
            return "\(rule.pipeline) releases to \(plan.environment), and the trigger is for \(environment)"
        }
        if let change = rule.change, change != plan.change {
            return "\(rule.pipeline) is a \(plan.change.rawValue) change, and the trigger is for \(change.rawValue)"
        }
        return nil
    }
}

extension TagLook.End {
    fileprivate init(_ fault: TriggerFault) {
        outcome = fault.isPassing ? .retry(fault.description) : .refused(fault.description)
    }
}
