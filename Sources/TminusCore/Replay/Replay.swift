package import TminusJudgement
package import TminusModel

/// Judges a journal's stored measurements anew, with the functions that judged them when they were made.
///
/// A verdict is stored with its inputs and never recomputed by a fold; this is how anyone can check afterwards that it
/// follows from them.
package struct Replay: Sendable {
    /// One stored judgement beside the one that its inputs give today.
    package struct Finding: Equatable, Sendable {
        package enum Subject: Hashable, Sendable {
            case gate(StepIndex)
            case rule(Int)
        }

        package let sequence: Int
        package let at: Instant
        package let subject: Subject
        package let stored: Judgement
        package let again: Judgement

        package var isSameVerdict: Bool { stored.verdict == again.verdict }
        /// The same words and numbers, too.
        package var isSame: Bool { stored == again }
    }

    /// In the order of the journal.
    package let findings: [Finding]

    /// - Parameter events: all of a run's, oldest first; none when they are no journal.
    package init(_ events: [Event]) {
        guard let first = events.first, case .runSubmitted(let submission) = first.body else {
            findings = []
            return
        }
        var state = RunState(submission, at: first.at)
        var progress = submission.plan.rules.map { _ in RuleProgress() }
        var found: [Finding] = []
        for event in events.dropFirst() {
            if let finding = Self.judge(event, state, &progress) { found.append(finding) }
            state.apply(event)
        }
        findings = found
    }

    private static func judge(_ event: Event, _ state: RunState, _ progress: inout [RuleProgress]) -> Finding? {
        func finding(_ subject: Finding.Subject, _ stored: Judgement, _ again: Judgement) -> Finding {
            Finding(sequence: event.sequence, at: event.at, subject: subject, stored: stored, again: again)
        }
        switch event.body {
        case .budgetJudged(let step, let measurement, let judgement):
            guard let gate = state.gate(of: step) else { return nil }
            return finding(.gate(step), judgement, gate.judge(measurement))
        case .ruleJudged(let rule, let measurement, let judgement):
            guard progress.indices.contains(rule) else { return nil }
            let again = progress[rule].judgement(of: state.plan.rules[rule], state.rules[rule], measurement)
            return finding(.rule(rule), judgement, again)
        default: return nil
        }
    }

    package func of(_ subject: Finding.Subject) -> [Finding] { findings.filter { $0.subject == subject } }
}

/// How a rule's evidence grew, measurement by measurement.
package struct EvidenceTrail: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        package let at: Instant
        package let evidence: RuleEvidence
    }

    package let rule: Int
    /// Oldest first; empty for a rule that compares nothing or was never measured.
    package let points: [Point]

    package init(_ rule: Int, _ events: [Event]) {
        self.rule = rule
        points = Self.points(rule, events)
    }

    private static func points(_ rule: Int, _ events: [Event]) -> [Point] {
        guard case .runSubmitted(let submission)? = events.first?.body,
            submission.plan.rules.indices.contains(rule)
        else { return [] }
        var process: RuleProcess?
        var points: [Point] = []
        for event in events {
            switch event.body {
            case .ruleOpened(rule): process = RuleProcess(submission.plan.rules[rule], opened: event.at)
            case .ruleJudged(rule, let measurement, _):
                if process == nil { process = RuleProcess(submission.plan.rules[rule], opened: measurement.from) }
                process?.absorb(measurement)
                if let evidence = process?.evidence { points.append(Point(at: measurement.to, evidence: evidence)) }
            default: continue
            }
        }
        return points
    }
}
