import TminusCore
import TminusModel
import TminusReports

/// Shows a run as it goes.
protocol RunDisplay: AnyObject, Sendable {
    /// Whether it changes with time alone.
    var wantsTicks: Bool { get }
    /// - Parameters:
    ///   - state: the run after the event.
    ///   - isLast: whether no other event is here already.
    func show(_ event: Event, _ state: RunState, isLast: Bool)
    func tick(_ state: RunState)
    func end(_ state: RunState)
    /// The person leaves; the run stays. Nil before its first event came.
    func detach(_ state: RunState?)
    /// The run only waits, and we were told not to.
    func leave(_ state: RunState, _ needs: [Need])
    /// Gives the terminal back, for an error that follows.
    func close()
}

/// What is said to those who leave.
enum Farewell {
    static func lines(_ run: String, _ state: RunState?) -> [String] {
        var lines: [String] = []
        if let state, state.outcome == nil {
            let live = state.live.map { state.plan.steps[$0.id.step].name }
            let holds = state.holds.map { state.plan.steps[$0.step].name }
            let on = (live + holds).prefix(6).joined(separator: ", ")
            lines.append("\(run) goes on without this terminal" + (on.isEmpty ? "" : ": \(on)"))
        } else {
            lines.append("\(run) goes on without this terminal")
        }
        lines.append("  come back:  tminus watch \(run)")
        lines.append("  stop it:    tminus abort \(run) --reason WHY")
        lines.append("  go back:    tminus rollback \(run)")
        return lines
    }

    static func waiting(_ run: String, _ needs: [Need]) -> [String] {
        var lines = ["\(run) waits, and goes on by itself when it can:"]
        for need in needs {
            lines.append("  \(need.sentence)")
            if !need.commands.isEmpty { lines.append("    \(need.typed.joined(separator: "   or   "))") }
        }
        return lines
    }
}
