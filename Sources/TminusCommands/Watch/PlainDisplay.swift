import Glibc
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
        /// Lines of events that came together are written together: a write for each would cost more than all the rest.
        var lines: [StyledLine] = []
    }

    init(_ run: String, _ look: LookOptions) {
        self.run = run
        output = Output(look)
    }

    func show(_ event: Event, _ state: RunState, isLast: Bool) {
        told.withLock { told in
            told.events.append(event)
            var narrator = told.narrator ?? Narrator(state.plan, clock: LocalTime.clock(at: state.submittedAt))
            if let line = narrator.line(for: event, in: state) { told.lines.append(line) }
            told.narrator = narrator
            guard isLast || told.lines.count >= Self.linesMax else { return }
            defer { flush(&told) }
            guard isLast else { return }
            // A person who reads a log must find the command to type in it, once for each need.
            let wanted = state.needs(now: event.at).filter(\.needsPerson).flatMap(\.typed)
            for command in wanted where !told.needs.contains(command) {
                told.lines.append(StyledLine("          to decide: \(command)", .strong))
            }
            told.needs = wanted
        }
    }

    private static let linesMax = 256

    private func flush(_ told: inout Told) {
        guard !told.lines.isEmpty else { return }
        output.print(told.lines)
        told.lines.removeAll(keepingCapacity: true)
    }

    func tick(_ state: RunState) {}

    func end(_ state: RunState) {
        close()
        let events = told.withLock { $0.events }
        output.print(RunReport(state, events: events, clock: LocalTime.clock(at: state.submittedAt)).short)
    }

    func detach(_ state: RunState?) {
        close()
        for line in Farewell.lines(run, state) { Output.complain(line) }
    }

    func leave(_ state: RunState, _ needs: [Need]) {
        close()
        for line in Farewell.waiting(run, needs) { Output.complain(line) }
    }

    func close() { told.withLock { flush(&$0) } }
}

/// Each event as a line of JSON, as the engine sends it.
final class JSONDisplay: RunDisplay {
    let wantsTicks = false
    private let run: String
    private let told = Mutex(Told())

    private struct Told {
        var names: StepNames?
        /// Events that came together are written together.
        var lines: [UInt8] = []
    }

    private static let bytesMax = 1 << 16

    init(run: String) {
        self.run = run
    }

    func show(_ event: Event, _ state: RunState, isLast: Bool) {
        told.withLock { told in
            let names = told.names ?? StepNames(state.plan)
            told.names = names
            told.lines.append(contentsOf: event.json(names).bytes)
            told.lines.append(UInt8(ascii: "\n"))
            if isLast || told.lines.count >= Self.bytesMax { Self.flush(&told) }
        }
    }

    private static func flush(_ told: inout Told) {
        Output.write(told.lines[...], to: STDOUT_FILENO)
        told.lines.removeAll(keepingCapacity: true)
    }

    func tick(_ state: RunState) {}
    func end(_ state: RunState) { close() }

    func detach(_ state: RunState?) {
        close()
        for line in Farewell.lines(run, state) { Output.complain(line) }
    }

    func leave(_ state: RunState, _ needs: [Need]) {
        close()
        for line in Farewell.waiting(run, needs) { Output.complain(line) }
    }

    func close() { told.withLock { Self.flush(&$0) } }
}
