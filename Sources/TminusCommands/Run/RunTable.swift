import TminusModel
import TminusReports

/// Runs as a table, or as JSON.
struct RunTable {
    let summaries: [RunSummary]
    let look: LookOptions

    init(_ summaries: [RunSummary], look: LookOptions) {
        self.summaries = summaries
        self.look = look
    }

    func print(otherwise: String) {
        let output = Output(look)
        if look.json { return output.print(JSON.members(["runs": .array(summaries.map(\.json))])) }
        guard !summaries.isEmpty else { return Output.complain(otherwise) }
        output.print(
            RunLines(summaries, now: LocalTime.now, clock: LocalTime.clock(at: LocalTime.now)).lines(
                columns: TerminalSize.current?.columns))
    }
}
