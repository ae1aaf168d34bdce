package import TminusModel

/// Runs, one line each, in columns.
package struct RunLines: Sendable {
    private let summaries: [RunSummary]
    private let now: Instant
    private let clock: WallClock

    package init(_ summaries: [RunSummary], now: Instant, clock: WallClock) {
        self.summaries = summaries
        self.now = now
        self.clock = clock
    }

    /// - Parameter columns: nil where there is no terminal to fit.
    package func lines(columns: Int?) -> [StyledLine] {
        let run = width(\.run, atLeast: 3)
        let place = width({ "\($0.service) → \($0.environment)" }, atLeast: 7)
        return summaries.map { summary in
            var line = StyledLine(summary.run.padded(to: run) + "  ", .strong)
            line.append("\(summary.service) → \(summary.environment)".padded(to: place) + "  ")
            line.append(summary.status.sentence.padded(to: 19) + "  ", summary.status.style)
            line.append(clock.short(summary.submitted) + "  ", .faint)
            line.append(
                (summary.ended ?? now).since(summary.submitted).positive.releaseText.paddedLeft(to: 7) + "  ", .faint)
            line.append("by \(summary.by)", .faint)
            line.append(summary.headline.isEmpty ? "" : "  \(summary.headline)")
            return columns.map { line.clipped(to: $0) } ?? line
        }
    }

    private func width(_ text: (RunSummary) -> String, atLeast: Int) -> Int {
        min(max(summaries.map { SafeText.line(text($0)).cellWidth }.max() ?? 0, atLeast), 40)
    }
}
