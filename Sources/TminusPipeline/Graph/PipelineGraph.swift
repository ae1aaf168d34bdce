package import TminusModel

/// A plan's steps as a picture: phases as groups, needs as arrows, gates marked.
package enum PipelineGraph {
    /// The wave of each step within its phase, 1-based: steps of one wave may run at the same time.
    ///
    /// Needs that lead into a circle do not occur in a plan; a step in one would stay in wave 1.
    package static func waves(of plan: Plan) -> [Int] {
        var waves = [Int](repeating: 1, count: plan.steps.count)
        var missing = [Int](repeating: 0, count: plan.steps.count)
        var dependents = [[StepIndex]](repeating: [], count: plan.steps.count)
        for (index, step) in plan.steps.enumerated() {
            for need in step.needs where plan.steps[need].phase == step.phase {
                dependents[need].append(index)
                missing[index] += 1
            }
        }
        var free = plan.steps.indices.filter { missing[$0] == 0 }
        while let step = free.popLast() {
            for dependent in dependents[step] {
                waves[dependent] = max(waves[dependent], waves[step] + 1)
                missing[dependent] -= 1
                if missing[dependent] == 0 { free.append(dependent) }
            }
        }
        return waves
    }

    /// A Mermaid flowchart: what GitHub and GitLab draw from a fenced block.
    package static func mermaid(_ plan: Plan) -> String {
        var lines = ["flowchart TD"]
        for phase in plan.phases.indices {
            lines.append("    subgraph phase\(phase)[\"\(mermaidText(title(of: plan.phases[phase])))\"]")
            for (index, step) in plan.steps.enumerated() where step.phase == phase {
                let label = ([step.name, step.kind.summary] + step.marks(in: plan, index)).map(mermaidText)
                let (open, close) = step.mermaidShape
                lines.append("        s\(index)\(open)\"\(label.joined(separator: "<br/>"))\"\(close)")
            }
            lines.append("    end")
        }
        for (index, step) in plan.steps.enumerated() {
            for need in step.needs where plan.steps[need].phase == step.phase {
                lines.append("    s\(need) --> s\(index)")
            }
        }
        for phase in plan.phases.indices.dropFirst() { lines.append("    phase\(phase - 1) ==> phase\(phase)") }
        return lines.joined(separator: "\n")
    }

    /// A Graphviz digraph.
    package static func dot(_ plan: Plan) -> String {
        var lines = [
            "digraph \(dotText(plan.pipeline)) {",
            "    rankdir=LR;",
            "    node [shape=box, style=rounded, fontname=\"sans-serif\"];",
        ]
        for phase in plan.phases.indices {
            lines.append("    subgraph cluster_\(phase) {")
            lines.append("        label=\(dotText(title(of: plan.phases[phase])));")
            for (index, step) in plan.steps.enumerated() where step.phase == phase {
                let label = ([step.name, step.kind.summary] + step.marks(in: plan, index)).joined(separator: "\n")
                lines.append("        s\(index) [label=\(dotText(label))\(step.dotShape)];")
            }
            lines.append("    }")
        }
        for (index, step) in plan.steps.enumerated() {
            for need in step.needs where plan.steps[need].phase == step.phase {
                lines.append("    s\(need) -> s\(index);")
            }
        }
        lines += dotBoundaries(plan)
        lines.append("}")
        return lines.joined(separator: "\n")
    }

    /// Between two phases all ends of the one lead through a point to all starts of the other: n + m arrows, not n × m.
    private static func dotBoundaries(_ plan: Plan) -> [String] {
        var isEnd = [Bool](repeating: true, count: plan.steps.count)
        var isStart = [Bool](repeating: true, count: plan.steps.count)
        for (index, step) in plan.steps.enumerated() {
            for need in step.needs where plan.steps[need].phase == step.phase {
                isEnd[need] = false
                isStart[index] = false
            }
        }
        var lines: [String] = []
        for phase in plan.phases.indices.dropFirst() {
            lines.append("    p\(phase) [shape=point];")
            for (index, step) in plan.steps.enumerated() {
                if step.phase == phase - 1, isEnd[index] { lines.append("    s\(index) -> p\(phase) [style=dashed];") }
                if step.phase == phase, isStart[index] { lines.append("    p\(phase) -> s\(index) [style=dashed];") }
            }
        }
        return lines
    }

    static func title(of phase: Phase) -> String {
        guard let window = phase.window else { return phase.name }
        return "\(phase.name) · \(clock(window.fromMinute))–\(clock(window.untilMinute)) \(window.zone)"
    }

    private static func clock(_ minute: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    /// Text inside double quotes of Mermaid: its own entities for what would end the label or become markup.
    private static func mermaidText(_ text: String) -> String {
        var shown = ""
        for scalar in Diagnostic.shown(text).unicodeScalars {
            switch scalar {
            case "\"": shown += "#quot;"
            case "#": shown += "#35;"
            case "<": shown += "#lt;"
            case ">": shown += "#gt;"
            case "&": shown += "#amp;"
            case "`": shown += "#96;"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func dotText(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Diagnostic.shown(String(line)).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        return "\"" + lines.joined(separator: "\\n") + "\""
    }
}

extension Step {
    fileprivate var mermaidShape: (open: String, close: String) {
        if isPivot { return ("[[", "]]") }
        return switch kind {
        case .approve: ("{{", "}}")
        case .maintenance: ("[/", "\\]")
        case .maintenanceEnd: ("[\\", "/]")
        case .backup, .smoke: ("([", "])")
        case .run, .http, .migrate, .canary, .wait: ("[", "]")
        }
    }

    fileprivate var dotShape: String {
        if isPivot { return ", shape=box, peripheries=2" }
        return switch kind {
        case .approve: ", shape=hexagon"
        case .maintenance: ", shape=trapezium"
        case .maintenanceEnd: ", shape=invtrapezium"
        case .backup, .smoke: ", shape=ellipse"
        case .run, .http, .migrate, .canary, .wait: ""
        }
    }
}
