import TminusCore
import TminusModel

/// The phases and steps of a frame, condensed to the rows there are: what is going on comes first, what is long done or
/// far ahead is summed up.
struct StepRows {
    let frame: LiveFrame

    private var state: RunState { frame.state }
    private var plan: Plan { state.plan }

    private struct Row {
        /// Nil for a phase's heading.
        var step: StepIndex?
        var phase: Int
        /// Higher stays longer.
        var weight: Int
    }

    func lines(atMost room: Int) -> [StyledLine] {
        let rows = weighed
        var shownCount = min(rows.count, room)
        while shownCount > 1 {
            let lines = self.lines(showing: shownCount, of: rows)
            if lines.count <= room { return lines }
            shownCount -= 1
        }
        return Array(lines(showing: 1, of: rows).prefix(room))
    }

    // MARK: Choosing

    private var weighed: [Row] {
        let frontier = plan.steps.indices.first { !isSettled($0) } ?? max(0, plan.steps.count - 1)
        var rows: [Row] = []
        for phase in plan.phases.indices {
            // A plan of one phase needs no heading.
            if plan.phases.count > 1 || plan.phases[phase].window != nil {
                rows.append(Row(step: nil, phase: phase, weight: 2_000_000))
            }
            for step in plan.steps.indices where plan.steps[step].phase == phase {
                rows.append(Row(step: step, phase: phase, weight: weight(step, frontier)))
            }
        }
        return rows
    }

    private func weight(_ step: StepIndex, _ frontier: Int) -> Int {
        let distance = abs(step - frontier)
        let own = state.steps[step]
        switch own.undo {
        case .rollingBack, .unknown, .kept, .failed: return 1_900_000 - distance
        case .rolledBack: return 1_500_000 - distance
        case .notAsked, .skipped: break
        }
        switch own.status {
        case .starting, .running, .unknown, .failed, .waiting: return 1_900_000 - distance
        case .cancelled, .bypassed: return 1_400_000 - distance
        case .pending, .succeeded, .skipped: return 1_000_000 - distance
        }
    }

    private func isSettled(_ step: StepIndex) -> Bool {
        switch state.steps[step].status {
        case .succeeded, .failed, .cancelled, .skipped, .bypassed: true
        case .pending, .waiting, .starting, .running, .unknown: false
        }
    }

    private func lines(showing count: Int, of rows: [Row]) -> [StyledLine] {
        let ranked = rows.indices.sorted { (rows[$0].weight, $1) > (rows[$1].weight, $0) }
        var isShown = [Bool](repeating: false, count: rows.count)
        for index in ranked.prefix(count) { isShown[index] = true }
        var lines: [StyledLine] = []
        var hidden: [StepIndex] = []
        for (index, row) in rows.enumerated() {
            if isShown[index] || row.step == nil {
                if let summary = summary(of: hidden) { lines.append(summary) }
                hidden = []
                lines.append(row.step.map(line) ?? heading(row.phase))
            } else if let step = row.step {
                hidden.append(step)
            }
        }
        if let summary = summary(of: hidden) { lines.append(summary) }
        return lines
    }

    private func summary(of steps: [StepIndex]) -> StyledLine? {
        guard !steps.isEmpty else { return nil }
        let done = steps.filter { isSettled($0) }.count
        let ahead = steps.count - done
        var parts: [String] = []
        if done > 0 { parts.append("\(done) done") }
        if ahead > 0 { parts.append("\(ahead) to come") }
        let sign = frame.glyphs.verdict(ahead == 0 ? .pass : nil)
        return StyledLine("  \(sign) \(parts.joined(separator: ", "))", .faint)
    }

    // MARK: Drawing

    private func heading(_ phase: Int) -> StyledLine {
        var line = StyledLine(plan.phases[phase].name, .strong)
        if let window = plan.phases[phase].window {
            line.append("  \(WindowText.daily(window))", .faint)
            if let (opens, closes) = state.windows[phase] {
                let words =
                    opens > frame.now
                    ? "opens in \(opens.since(frame.now).releaseText)"
                    : closes > frame.now ? "open for another \(closes.since(frame.now).releaseText)" : "closed"
                line.append(", \(words)", .faint)
            }
        }
        return line.justified(with: StyledLine(progress(of: phase), .faint), to: frame.size.columns)
    }

    /// `3 of 5`, and on the way back `2 of 3 rolled back`.
    private func progress(of phase: Int) -> String {
        let steps = plan.steps.indices.filter { plan.steps[$0].phase == phase }
        let undoing = steps.filter { state.steps[$0].undo != .notAsked }
        if state.rollback != nil, !undoing.isEmpty {
            let undone = undoing.count { state.steps[$0].undo == .rolledBack }
            return "\(undone) of \(undoing.count) rolled back"
        }
        return "\(steps.count { isSettled($0) }) of \(steps.count)"
    }

    private var nameWidth: Int {
        min(max(plan.steps.map(\.name.utf8.count).max() ?? 0, 8), frame.isWide ? max(40, frame.size.columns / 3) : 22)
    }

    private func line(_ step: StepIndex) -> StyledLine {
        let own = state.steps[step]
        let (sign, style) = frame.glyphs.step(own)
        var line = StyledLine("  \(sign) ", style)
        let isQuiet = own.status == .pending && own.undo == .notAsked
        line.append(plan.steps[step].name.padded(to: nameWidth) + "  ", isQuiet ? .faint : .plain)
        let told = StepText.detail(step, state, now: frame.now, clock: frame.clock)
        line.append(told.words, told.style)
        if frame.isWide, let gate = gate(own) { line.append("   gate: \(gate)", .faint) }
        guard let time = time(own) else { return line.clipped(to: frame.size.columns) }
        return line.justified(with: StyledLine(time, .faint), to: frame.size.columns)
    }

    private func gate(_ step: StepState) -> String? {
        switch step.gate {
        case .passed(let judgement, _): GateText.figures(judgement)
        case .overridden: "a person said go"
        case .notAsked, .held: nil
        }
    }

    private func time(_ step: StepState) -> String? {
        guard let started = step.startedAt else { return nil }
        let end = step.endedAt ?? (state.endedAt ?? frame.now)
        return end.since(started).positive.releaseText
    }
}
