import TminusModel
import TminusPorts

/// Where a version has been, and whether that is enough for where it is to go.
struct EnvironmentChain {
    private let policy: Policy
    private let change: ProposedChange
    private let isHotfix: Bool
    private let zone: Zone

    init(_ policy: Policy, _ change: ProposedChange, isHotfix: Bool) {
        self.policy = policy
        self.change = change
        self.isHotfix = isHotfix
        zone = Zone(policy.zone) ?? .utc
    }

    private enum Standing {
        case never
        case failed(run: String)
        case withdrawn(run: String)
        /// `left` when another release took its place.
        case there(since: Instant, left: Instant?)
    }

    /// What may be skipped although it usually is not. - Throws: `.refused` with what is missing, and when or how.
    func notes() throws(PolicyFault) -> [String] {
        guard !policy.environments.isEmpty else { return [] }
        guard let rule = policy.environment(named: change.plan.environment) else {
            let names = policy.environments.map(\.name)
            throw PolicyFault(
                .refused,
                "the policy knows no environment '\(change.plan.environment)'; it has \(Policy.listed(names)). "
                    + "Correct 'environment' in the pipeline, or add it under 'environments' of the policy.")
        }
        guard !rule.after.isEmpty else { return [] }
        guard let version = change.plan.version else {
            throw PolicyFault(
                .refused,
                "\(rule.name) comes after \(Policy.listed(rule.after.map(\.environment))), and this plan names no "
                    + "version that could be looked for there. Give the pipeline an input of type tag or version.")
        }
        var notes: [String] = []
        var missing: [String] = []
        var met = 0
        for earlier in rule.after {
            let fault = fault(version, earlier)
            let standing = standing(in: earlier.environment)
            if case .never = standing, earlier.isOptional {
                notes.append("\(earlier.environment) was left out: it is optional before \(rule.name)")
            } else if fault == nil {
                met += earlier.isOptional ? 0 : 1
            } else if isHotfix, rule.hotfixMaySkip.contains(earlier.environment) {
                met += earlier.isOptional ? 0 : 1
                notes.append("hotfix: \(earlier.environment) was skipped before \(rule.name); \(fault ?? "")")
            } else if let fault {
                missing.append(fault)
            }
        }
        let needed = rule.after.filter { !$0.isOptional }
        if missing.isEmpty || rule.enough.map({ met >= $0 }) ?? false { return notes }
        let enough = rule.enough.map { " (\($0) of \(needed.count) are enough, \(met) are there)" } ?? ""
        throw PolicyFault(
            .refused, "\(version) may not go to \(rule.name) yet\(enough): \(missing.joined(separator: "; ")).")
    }

    /// Why an earlier environment is not done with, and what would help; nil when it is.
    private func fault(_ version: String, _ earlier: EnvironmentRule.Earlier) -> String? {
        let name = earlier.environment
        switch standing(in: name) {
        case .never: return "it was never released to \(name); release it there first"
        case .failed(let run):
            return "its last release to \(name) (\(run)) did not succeed; release it there again first"
        case .withdrawn(let run):
            return "its release to \(name) (\(run)) was rolled back; release it there again first"
        case .there(let since, let left):
            let soaked = min(left ?? change.at, change.at).since(since)
            guard soaked < earlier.soak else { return nil }
            let spent = "it was in \(name) for \(max(soaked, .zero).releaseText) of \(earlier.soak.releaseText)"
            if left != nil { return "\(spent), and then something else was released there; release it there again" }
            return "\(spent); it may go on from \(zone.text(since.advanced(by: earlier.soak)))"
        }
    }

    private func standing(in environment: String) -> Standing {
        var withdrawn: Set<String> = []
        var left: Instant?
        for record in change.releases where record.environment == environment {
            if case .rollback(let run, _) = record.lineage {
                if record.outcome == .succeeded { withdrawn.insert(run) }
                if record.hadEffect { left = record.ended }
                continue
            }
            guard isSame(record) else {
                if record.hadEffect { left = record.ended }
                continue
            }
            if record.outcome != .succeeded {
                // A run that was aborted before it did anything says nothing about the version.
                if !record.hadEffect { continue }
                return .failed(run: record.run)
            }
            if withdrawn.contains(record.run) { return .withdrawn(run: record.run) }
            return .there(since: record.ended, left: left)
        }
        return .never
    }

    /// By the commit where both name one, so that a tag that was moved is another version; else by name.
    private func isSame(_ record: ReleaseRecord) -> Bool {
        if let mine = change.plan.commit, let theirs = record.commit { return mine == theirs }
        return record.version != nil && record.version == change.plan.version
    }
}
