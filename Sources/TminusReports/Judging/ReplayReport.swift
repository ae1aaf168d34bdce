import TminusCore
import TminusJudgement
import TminusModel

/// Says whether stored verdicts follow from their stored inputs, and shouts where they don't.
struct ReplayReport {
    private let replay: Replay
    private let plan: Plan

    init(_ replay: Replay, _ plan: Plan) {
        self.replay = replay
        self.plan = plan
    }

    private func chosen(_ subjects: [Replay.Finding.Subject]?) -> [Replay.Finding] {
        guard let subjects else { return replay.findings }
        return replay.findings.filter { subjects.contains($0.subject) }
    }

    /// Empty when nothing was judged; `nil` asks about everything.
    func lines(about subjects: [Replay.Finding.Subject]?) -> [StyledLine] {
        let all = chosen(subjects)
        guard !all.isEmpty else { return [] }
        let wrong = all.filter { !$0.isSameVerdict }
        let count = Count.of(all.count, "stored verdict")
        guard !wrong.isEmpty else {
            let reworded = all.count { !$0.isSame }
            let words = reworded > 0 ? " (\(reworded) of them in other words, from another version)" : ""
            return [
                StyledLine("judged again: ", .strong).appending(
                    "\(count) from the stored inputs, the same \(all.count == 1 ? "verdict" : "verdicts")\(words)",
                    .good)
            ]
        }
        var lines = [
            StyledLine("JUDGED AGAIN, AND NOT THE SAME: ", .bad).appending(
                "\(wrong.count) of \(count) do not follow from their stored inputs", .bad)
        ]
        for finding in wrong.prefix(20) {
            lines.append(
                StyledLine("  event \(finding.sequence), \(name(finding.subject)): stored ", .bad)
                    .appending(finding.stored.verdict.words, finding.stored.verdict.style)
                    .appending(", but its inputs say ")
                    .appending(finding.again.verdict.words, finding.again.verdict.style)
                    .appending(": \(finding.again.reason)"))
        }
        lines.append(
            StyledLine(
                "  either the journal was changed (tminus doctor checks its chain), or another version judged", .faint))
        return lines
    }

    func json(about subjects: [Replay.Finding.Subject]?) -> JSON {
        let all = chosen(subjects)
        return .members([
            "verdicts": .integer(all.count), "same": .integer(all.count { $0.isSameVerdict }),
            "different": .array(
                all.filter { !$0.isSameVerdict }.map { finding in
                    .members([
                        "sequence": .integer(finding.sequence), "about": .string(name(finding.subject)),
                        "stored": finding.stored.json, "again": finding.again.json,
                    ])
                }),
        ])
    }

    private func name(_ subject: Replay.Finding.Subject) -> String {
        switch subject {
        case .gate(let step): "the gate of \(plan.steps[step].name)"
        case .rule(let rule): "the rule \(plan.rules[rule].name)"
        }
    }
}
