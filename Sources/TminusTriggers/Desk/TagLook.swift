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

    /// What is known of the tag when a look ends, also one that ends early.
    private struct Seen {
        /// Empty until it was fetched.
        var object = ""
        var repository = ""
        /// The run that the tag made when it was another object.
        var madeBefore: String?
    }

    /// The tag's name, safe to print.
    var shownTag: String { PrintableText.line(order.tag, limit: 128) }

    /// What becomes of it, the tag's object as far as it was seen, else empty, and what to tell whoever looks after it
    /// when it is held.
    func outcome() async -> (TagOutcome, object: String, held: HeldTag?) {
        var seen = Seen()
        var outcome: TagOutcome
        do throws(End) { outcome = try await look(&seen) } catch { outcome = error.outcome }
        guard case .held(let reason) = outcome else { return (outcome, seen.object, nil) }
        let held = HeldTag(
            repository: seen.repository, tag: shownTag, object: seen.object, run: seen.madeBefore, reason: reason)
        return (outcome, seen.object, held)
    }

    private func look(_ seen: inout Seen) async throws(End) -> TagOutcome {
        let policy = try policy()
        let repository = try repository(policy)
        let candidates = try candidates(policy, repository)
        let url: GitURL
        let tag: TagIdentity
        do throws(TriggerFault) {
            url = try repository.address()
            let request = TagRequest(repository: repository, tag: order.tag, pipeline: "")
            tag = try await parts.resolver.tag(request, url)
        } catch { throw End(error, of: repository) }
        seen.object = tag.object
        seen.repository = url.description
        let runs = try await runs(of: url)
        if let other = runs.last(where: { $0.origin.object != tag.object }) {
            seen.madeBefore = other.run
            return .held(other.movedTo(tag.object))
        }
        if let refusal = tag.refusal(requiring: .any) { return .held(refusal) }
        let rule = try rule(for: tag, candidates, repository)
        if let known = runs.first(where: { $0.origin.pipeline == rule.pipeline }) { return .known(known.run) }
        return try await start(rule, tag, url, repository, &seen)
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
        guard let policy else { return RepositorySpec(name: "", url: order.repository) }
        if let known = policy.repository(at: url.description) { return known }
        throw End(.refused(TriggerFault.unlisted(url).description))
    }

    /// Triggers that may take the tag, with their numbers, before its signer is known.
    private func candidates(
        _ policy: TriggerPolicy?, _ repository: RepositorySpec
    ) throws(End) -> [(number: Int, rule: TriggerRule)] {
        let own = (policy?.rules(of: repository) ?? []).filter { Glob($0.rule.tags).matches(order.tag) }
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
        _ rule: TriggerRule, _ tag: TagIdentity, _ url: GitURL, _ repository: RepositorySpec, _ seen: inout Seen
    ) async throws(End) -> TagOutcome {
        let request = TagRequest(
            repository: repository, tag: order.tag, pipeline: rule.pipeline, inputs: rule.inputs,
            signature: rule.signature)
        let tagged: TaggedPlan
        do throws(TriggerFault) { tagged = try await parts.resolver.resolve(request, tag, url) } catch {
            throw End(error, of: repository)
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
        case .moved(let reason):
            seen.madeBefore = try await runs(of: url).last { $0.origin.object != tag.object }?.run
            return .held(reason)
        case .duplicate:
            let runs = try await runs(of: url)
            if let known = runs.first(where: { $0.origin.isSameRun(as: origin) }) { return .known(known.run) }
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
    fileprivate init(_ fault: TriggerFault, of repository: RepositorySpec? = nil) {
        let isOpenTo = repository?.name.isEmpty == true
        if isOpenTo, fault.code == .badAccess || fault.code == .unreachable || fault.code == .notFound {
            // Nothing that the engine could try later gives it credentials.
            let advice = "; the engine has no credentials for an address that its policy does not name"
            let remedy = ": list it under 'repositories:' in tminus.yaml with its access, or bring your own "
            let words = fault.description + advice + remedy + "(tminus run --repo ADDRESS --tag TAG PIPELINE)"
            outcome = fault.code == .unreachable ? .retry(words) : .refused(words)
        } else {
            outcome = fault.isPassing ? .retry(fault.description) : .refused(fault.description)
        }
    }
}
