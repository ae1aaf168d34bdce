package import TminusCore
package import TminusModel

/// What a person sees of a run on a terminal: a pure function of the run, the moment and the size.
package struct LiveFrame: Sendable {
    package struct Size: Equatable, Sendable {
        package var columns: Int
        package var rows: Int

        /// Sizes no terminal has are brought within 20...1000 columns and 5...1000 rows.
        package init(columns: Int, rows: Int) {
            self.columns = max(20, min(columns, 1_000))
            self.rows = max(5, min(rows, 1_000))
        }
    }

    let state: RunState
    let now: Instant
    let clock: WallClock
    let size: Size
    /// How long the same pipeline usually took; nil when it never succeeded before.
    let usual: Duration?
    /// Shown last while the run goes on.
    let footer: String
    let glyphs: Glyphs

    package init(
        _ state: RunState, now: Instant, size: Size, clock: WallClock, usual: Duration? = nil, footer: String = "",
        glyphs: Glyphs = .unicode
    ) {
        self.state = state
        self.now = now
        self.size = size
        self.clock = clock
        self.usual = usual
        self.footer = footer
        self.glyphs = glyphs
    }

    var isWide: Bool { size.columns >= 120 }

    /// At most `rows - 1` lines of at most `columns` cells: the cursor rests below them.
    package var lines: [StyledLine] {
        let room = size.rows - 1
        let head = [header] + budgetLines
        var tail = ruleLines + reasonLines + needLines(most: room / 3)
        if state.outcome == nil, !footer.isEmpty { tail.append(StyledLine(footer, .faint)) }
        let stepRoom = max(1, room - head.count - tail.count)
        let middle = StepRows(frame: self).lines(atMost: stepRoom)
        return Array((head + middle + tail).prefix(room)).map { $0.clipped(to: size.columns) }
    }

    // MARK: Head

    private var header: StyledLine {
        var left = StyledLine(state.run, .strong)
        left.append("  \(Title.release(state.plan))")
        var right = StyledLine(glyphs.status(state.status) + " " + state.status.sentence, state.status.style)
        right.append("  " + (state.endedAt ?? now).since(state.submittedAt).positive.releaseText)
        if state.outcome == nil, let usual { right.append(", usually \(usual.releaseText)", .faint) }
        return left.justified(with: right, to: size.columns)
    }

    private var budgetLines: [StyledLine] {
        guard let policy = state.plan.budget else { return [] }
        var line = StyledLine("budget  ", .faint)
        let window = policy.window.releaseText
        line.append("\(policy.objective) \(policy.target.percentText) over \(window)")
        if let judgement = latestGate {
            let words = isWide ? GateText.figures(judgement) : GateText.brief(judgement)
            line.append("   \(words)", judgement.verdict.style)
        } else {
            line.append("   not asked yet", .faint)
        }
        return [line]
    }

    /// The gate's newest judgement, whichever step asked.
    private var latestGate: Judgement? {
        var newest: (judgement: Judgement, at: Instant)?
        for step in state.steps {
            switch step.gate {
            case .passed(let judgement, let at):
                if at >= newest?.at ?? .distantPast { newest = (judgement, at) }
            case .held(let judgement, _): return judgement
            case .notAsked, .overridden: break
            }
        }
        return newest?.judgement
    }

    // MARK: Tail

    private var ruleLines: [StyledLine] {
        let open = state.rules.indices.filter { state.rules[$0].status != .unopened }
        guard !open.isEmpty else { return [] }
        let width = min(max(state.plan.rules.map(\.name.cellWidth).max() ?? 0, 6), 20)
        var lines = [StyledLine("judging", .faint)]
        for index in open {
            let rule = state.rules[index]
            let verdict = rule.judgement?.verdict
            var line = StyledLine("  \(glyphs.verdict(verdict)) ", verdict?.style ?? .faint)
            line.append(state.plan.rules[index].name.padded(to: width) + "  ")
            let words = rule.isAccepted ? "accepted" : verdict?.words ?? "not yet"
            line.append(words.padded(to: 12) + "  ", verdict?.style ?? .faint)
            line.append(rule.judgement.map { evidence(in: $0, state.plan.rules[index].name) } ?? "", .plain)
            lines.append(line)
        }
        return lines
    }

    /// The sentence where there is room for it, else the numbers alone.
    private func evidence(in judgement: Judgement, _ name: String) -> String {
        if !isWide, let brief = RuleText.brief(judgement) { return brief }
        return RuleText.reason(judgement.reason, without: name)
    }

    /// Why the run turned back, or ended: nobody should have to ask.
    private var reasonLines: [StyledLine] {
        let (text, style): (String, Style)
        if let rollback = state.rollback {
            (text, style) = (rollback.cause.words(state.plan, because: rollback.reason), .undone)
        } else if let outcome = state.outcome, outcome != .succeeded, !state.headline.isEmpty {
            (text, style) = (state.headline, outcome.style)
        } else {
            return []
        }
        let words = SafeText.line(text).wrapped(to: size.columns - 5)
        return words.prefix(4).enumerated().map { index, words in
            StyledLine(index == 0 ? "why  " : "     ", .faint).appending(words, style)
        }
    }

    private func needLines(most: Int) -> [StyledLine] {
        let needs = state.needs(now: now)
        guard !needs.isEmpty else { return [] }
        var lines: [StyledLine] = []
        for need in needs {
            var told: [StyledLine] = []
            let words = SafeText.line(need.sentence).wrapped(to: size.columns - 4)
            for (index, text) in words.prefix(3).enumerated() {
                told.append(
                    StyledLine(index == 0 ? "\(glyphs.need) " : "  ", .caution).appending(text, .caution))
            }
            told.append(contentsOf: commandLines(need))
            if !lines.isEmpty, lines.count + told.count > most { break }
            lines.append(contentsOf: told)
        }
        return lines
    }
}

extension LiveFrame {
    /// On one line when they fit: a command that is cut off cannot be typed.
    private func commandLines(_ need: Need) -> [StyledLine] {
        guard !need.commands.isEmpty else { return [] }
        let together = need.typed.joined(separator: "   or   ")
        let lines = together.cellWidth + 4 <= size.columns ? [together] : need.typed
        return lines.map { StyledLine("    ").appending($0, .strong) }
    }
}

extension Duration {
    /// Never negative: a clock that went back is no reason to show nonsense.
    var positive: Duration { max(self, .zero) }
}

/// A gate's numbers in a few words.
package enum GateText {
    /// `99.1% left, fast burn 0.2x in 1h, 0.1x in 5m, slow burn …`, or the reason when there are no numbers.
    package static func figures(_ judgement: Judgement) -> String {
        text(judgement) { alert, rates in
            let shown = rates.map { figure in
                figure.name.split(separator: " ").last.map { "\(figure.text) in \($0)" } ?? figure.text
            }
            return "\(alert.rawValue) burn \(shown.joined(separator: ", "))"
        }
    }

    /// `99.1% left, burn fast 0.2x, slow 0.3x`: over the longer of each alert's two windows.
    package static func brief(_ judgement: Judgement) -> String {
        text(judgement) { alert, rates in "\(alert.rawValue) burn \(rates.first?.text ?? "none")" }
    }

    private static func text(_ judgement: Judgement, _ words: (BurnAlert, [Figure]) -> String) -> String {
        var parts: [String] = []
        if let remaining = judgement.figures.first(where: { $0.name == "remaining" }) {
            parts.append("\(remaining.text) left")
        }
        for alert in BurnAlert.allCases {
            let rates = judgement.figures.filter { figure in
                figure.name.hasPrefix("\(alert.rawValue) burn rate") && !figure.name.hasSuffix("shown")
            }
            if !rates.isEmpty { parts.append(words(alert, rates)) }
        }
        return parts.isEmpty ? "\(judgement.verdict.words): \(judgement.reason)" : parts.joined(separator: ", ")
    }
}
