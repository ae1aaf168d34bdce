import TminusModel

/// Steps that could start but for a slot, a gate or a window. Each lane has its own order, so that a step that can't
/// start yet never keeps one of another kind from starting.
struct ReadySteps: Equatable, Sendable {
    enum Lane: Equatable, Sendable {
        /// Approvals and waits, which hold no process, and leaving maintenance, which no gate holds.
        case aside
        /// Work that asks no budget.
        case plain
        /// Work that asks the budget before it starts.
        case asking
    }

    private(set) var aside = IndexHeap()
    private(set) var plain = IndexHeap()
    private(set) var asking = IndexHeap()

    mutating func insert(_ step: StepIndex, _ lane: Lane) {
        switch lane {
        case .aside: aside.insert(step)
        case .plain: plain.insert(step)
        case .asking: asking.insert(step)
        }
    }

    /// Takes a step off the front of its lane, if it stands there.
    mutating func leave(_ step: StepIndex, _ lane: Lane) {
        switch lane {
        case .aside: aside.pop(ifFirst: step)
        case .plain: plain.pop(ifFirst: step)
        case .asking: asking.pop(ifFirst: step)
        }
    }

    /// Takes off the front what is not waiting to start any more: steps bypassed while they stood further back.
    mutating func drop(where isGone: (StepIndex) -> Bool) {
        while let first = aside.first, isGone(first) { _ = aside.popFirst() }
        while let first = plain.first, isGone(first) { _ = plain.popFirst() }
        while let first = asking.first, isGone(first) { _ = asking.popFirst() }
    }
}

extension RunState {
    func lane(of step: StepIndex) -> ReadySteps.Lane {
        switch plan.steps[step].kind {
        case .approve, .wait, .maintenanceEnd: .aside
        case .run, .http, .smoke, .backup, .maintenance, .migrate, .canary: needsGate(step) ? .asking : .plain
        }
    }

    mutating func makeReady(_ step: StepIndex) { ready.insert(step, lane(of: step)) }
}
