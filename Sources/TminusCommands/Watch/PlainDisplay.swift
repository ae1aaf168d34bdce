import Synchronization
import TminusCore
import TminusModel
import TminusReports

/// A line for each event that matters.
final class PlainDisplay: RunDisplay {
    let wantsTicks = false
    private let run: String
    private let output: Output
    private let told = Mutex(Told())

    private struct Told {
        var narrator: Narrator?
        var events: [Event] = []
        var needs: [String] = []
    }

    init(_ run: String, _ look: LookOptions) {
        self.run = run
        output = Output(look)
    }

    func show(_ event: Event, _ state: RunState, isLast: Bool) {
        told.withLock { told in
            told.events.append(event)
            var narrator = told.narrator ?? Narrator(state.plan, clock: LocalTime.clock(at: state.submittedAt))
            if let line = narrator.line(for: event, in: state) { output.print(line) }
            told.narrator = narrator
            guard isLast else { return }
            // A person who reads a log must find the command to type in it, once for each need.
            let wanted = state.needs(now: event.at).filter(\.needsPerson).flatMap(\.typed)
            for command in wanted where !told.needs.contains(command) {
                output.print(StyledLine("          to decide: \(command)", .strong))
            }
            told.needs = wanted
        }
    }

    func tick(_ state: RunState) {}

    func end(_ state: RunState) {
        let events = told.withLock { $0.events }
        output.print(RunReport(state, events: events, clock: LocalTime.clock(at: state.submittedAt)).short)
    }

    func detach(_ state: RunState?) { for line in Farewell.lines(run, state) { Output.complain(line) } }

    func leave(_ state: RunState, _ needs: [Need]) {
        for line in Farewell.waiting(run, needs) { Output.complain(line) }
    }

    func close() {}
}

/// Each event as a line of JSON, as the engine sends it.
final class JSONDisplay: RunDisplay {
    let wantsTicks = false
    private let run: String
    private let names = Mutex<StepNames?>(nil)

    init(run: String) {
        self.run = run
    }

    func show(_ event: Event, _ state: RunState, isLast: Bool) {
        let names = names.withLock { names in
            let known = names ?? StepNames(state.plan)
            names = known
            return known
        }
        Output.write(event.json(names).line + "\n")
    }

    func tick(_ state: RunState) {}
    func end(_ state: RunState) {}
    func detach(_ state: RunState?) { for line in Farewell.lines(run, state) { Output.complain(line) } }

    func leave(_ state: RunState, _ needs: [Need]) {
        for line in Farewell.waiting(run, needs) { Output.complain(line) }
    }

    func close() {}
}
