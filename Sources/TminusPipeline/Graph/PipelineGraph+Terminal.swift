package import TminusModel

extension PipelineGraph {
    /// The steps for a terminal: phase by phase, wave by wave, gates marked. Lines are not cut to a width.
    package static func terminal(_ plan: Plan) -> String {
        var lines = ["\(plan.pipeline) · \(plan.service) in \(plan.environment)"]
        lines += gates(plan)
        let waves = waves(of: plan)
        let nameWidth = min(40, plan.steps.map(\.name.count).max() ?? 0)
        for phase in plan.phases.indices {
            lines.append("")
            lines.append(title(of: plan.phases[phase]))
            var order = plan.steps.indices.filter { plan.steps[$0].phase == phase }
            order.sort { (waves[$0], $0) < (waves[$1], $1) }
            var last = 0
            for index in order {
                let wave = waves[index] == last ? "" : String(waves[index])
                last = waves[index]
                lines.append(line(index, plan, wave: wave, nameWidth: nameWidth))
            }
        }
        lines += ["", legend(plan)]
        return lines.joined(separator: "\n")
    }

    private static func gates(_ plan: Plan) -> [String] {
        var lines: [String] = []
        if let budget = plan.budget {
            let objective = "\(budget.objective) \(budget.target.percentText) over \(budget.window.releaseText)"
            let asks = "a person below \(budget.warnBelow.percentText)"
            lines.append("gate before every step: \(objective); \(asks), hold below \(budget.stopBelow.percentText)")
        }
        for rule in plan.rules {
            lines.append("rolls back when \(rule.name): \(criterion(rule, plan))")
        }
        if let deadline = plan.deadline { lines.append("deadline: \(deadline.releaseText)") }
        return lines
    }

    private static func criterion(_ rule: JudgingRule, _ plan: Plan) -> String {
        let name = plan.indicators.indices.contains(rule.indicator) ? plan.indicators[rule.indicator].name : "?"
        switch rule.trip {
        case .below(let bound, let failAfter):
            let times = failAfter == 1 ? "once" : "\(failAfter) times"
            return "\(name) of \(rule.subject.rawValue) below \(bound.percentText), \(times)"
        case .ratioAbove(let bound, _):
            return "\(name) fails more than \(bound.decimalText) × as often on the candidate"
        case .planned(let plan):
            let times = plan.looks == 1 ? "1 look" : "\(plan.looks) looks"
            return "\(name) fails more than \(plan.bound.decimalText) × as often on the candidate, in \(times)"
        case .slowerAbove(let bound, _):
            return "\(name) is slow more than \(bound.decimalText) × as often on the candidate, at any boundary"
        case .meanAbove(let tolerated):
            return "\(name) takes the candidate more than \(tolerated.releaseText) longer on average"
        }
    }

    private static func line(_ index: StepIndex, _ plan: Plan, wave: String, nameWidth: Int) -> String {
        let step = plan.steps[index]
        var notes = step.marks(in: plan, index)
        let needs = step.needs.filter { plan.steps[$0].phase == step.phase }
        if needs != [index - 1], !needs.isEmpty {
            notes.insert("after " + listed(needs.map { plan.steps[$0].name }, joinedBy: "and"), at: 0)
        }
        let margin = String(repeating: " ", count: max(0, 4 - wave.count))
        let padding = String(repeating: " ", count: max(0, nameWidth - step.name.count))
        let tail = notes.isEmpty ? "" : "  (\(notes.joined(separator: "; ")))"
        return Diagnostic.shown("\(margin)\(wave) \(step.mark) \(step.name)\(padding)  \(step.kind.summary)\(tail)")
    }

    private static func legend(_ plan: Plan) -> String {
        var marks: [String] = []
        for mark in ["●", "○", "◇", "▼", "▲", "■"] {
            guard plan.steps.contains(where: { $0.mark == mark }) else { continue }
            marks.append("\(mark) \(Step.meanings[mark] ?? "")")
        }
        return marks.joined(separator: "   ")
    }
}

extension Step {
    fileprivate static let meanings = [
        "●": "has an effect", "○": "changes nothing", "◇": "waits for people", "▼": "enters maintenance",
        "▲": "leaves maintenance", "■": "point of no return",
    ]

    fileprivate var mark: String {
        if isPivot { return "■" }
        return switch kind {
        case .approve: "◇"
        case .maintenance: "▼"
        case .maintenanceEnd: "▲"
        case .run, .http, .smoke, .backup, .migrate, .canary, .wait: hasEffect ? "●" : "○"
        }
    }
}
