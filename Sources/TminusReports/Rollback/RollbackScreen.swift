package import TminusModel

/// What going back will do, on one screen: what is undone in which order, what stays, what is in place afterwards.
package struct RollbackScreen {
    private let proposal: RollbackProposal
    private let clock: WallClock

    /// Lines of one release that are shown; what comes after them is counted.
    private static let linesMax = 40

    package init(_ proposal: RollbackProposal, clock: WallClock) {
        self.proposal = proposal
        self.clock = clock
    }

    package var lines: [StyledLine] {
        var lines = [StyledLine("Going back: \(proposal.service) in \(proposal.environment)", .strong)]
        for warning in proposal.warnings { lines.append(StyledLine("  note    \(warning)", .caution)) }
        if let live = proposal.live { lines.append(liveLine(live)) }
        for undone in proposal.undone { lines += block(undone) }
        for run in proposal.waiting {
            lines.append(StyledLine("  \(run) waits for the target and goes on afterwards", .caution))
        }
        lines.append(afterwards)
        return lines
    }

    private func liveLine(_ live: RollbackProposal.Live) -> StyledLine {
        let name = live.version.map { "\($0) (\(live.run))" } ?? live.run
        return switch live.deed {
        case .rollback: StyledLine("  first   \(name) is live: it is stopped and rolled back", .caution)
        case .abort: StyledLine("  first   \(name) is live and has done nothing yet: it is aborted", .caution)
        case .wait: StyledLine("  first   \(name) is rolling back already: its end is waited for", .caution)
        }
    }

    private func block(_ undone: RollbackProposal.Undone) -> [StyledLine] {
        var lines = [
            StyledLine("  undo    \(undone.release.name)").appending(
                ", released \(clock.full(undone.release.ended))", .faint)
        ]
        let width = min(max(undone.lines.map(\.step.utf8.count).max() ?? 0, 8), 30)
        for (position, line) in undone.lines.prefix(Self.linesMax).enumerated() {
            lines.append(row(line, position + 1, width))
        }
        let more = undone.lines.count - Self.linesMax
        if more > 0 {
            lines.append(StyledLine("          and \(more) more: tminus run show \(undone.release.run)", .faint))
        }
        if !undone.pivots.isEmpty {
            lines.append(
                StyledLine(
                    "          point of no return: \(undone.pivots.joined(separator: ", ")); the old version may not "
                        + "work on what it left", .bad))
        }
        return lines
    }

    private func row(_ line: RollbackLine, _ number: Int, _ width: Int) -> StyledLine {
        let isDone = line.deed != .keep
        var row = StyledLine((isDone ? "\(number)" : "").paddedLeft(to: 8) + "  ", .faint)
        row.append(line.step.padded(to: width) + "  ")
        switch line.deed {
        case .undo: row.append(line.text, .undone)
        case .enter: row.append("maintenance begins: \(line.text)", .undone)
        case .leave: row.append("maintenance ends: \(line.text)", .undone)
        case .keep: row.append("stays: \(line.text)", .faint)
        }
        return row
    }

    private var afterwards: StyledLine {
        guard let restored = proposal.restored else {
            return StyledLine("  then    what was there before Tminus released anything is in place", .caution)
        }
        return StyledLine("  then    \(restored.name) is in place again", .good)
    }
}
