package import TminusModel

/// The plan that undoes a run that has ended: its rollback commands as steps of their own, each after all that built
/// on it, and nothing that only slows a release: no budget, rules, windows, approvals or deadline.
package struct RollbackPlan: Equatable, Sendable {
    package let plan: Plan
    /// In the order in which they are done, then what stays.
    package let lines: [RollbackLine]
    /// Steps that were points of no return: the old version may not work on what they left.
    package let pivots: [String]

    /// - Parameter done: names of steps that an unfinished rollback has undone already.
    /// - Throws: why nothing can be undone.
    package init(undoing state: RunState, done: [String] = []) throws(Refusal) {
        guard state.outcome != nil else {
            throw Refusal(message: "\(state.run) has not ended; `tminus rollback \(state.run)` turns it around")
        }
        var maker = InverseMaker(state, done: done)
        let steps = maker.steps()
        lines = maker.lines(steps)
        pivots = state.plan.steps.indices
            .filter { state.plan.steps[$0].isPointOfNoReturn && state.steps[$0].hasBegun }
            .map { state.plan.steps[$0].name }
        guard !steps.isEmpty else {
            let kept = lines.map { "\($0.step): \($0.text)" }.joined(separator: "; ")
            throw Refusal(
                message: "nothing that \(state.run) did can be undone"
                    + (kept.isEmpty ? "" : " (\(kept.prefix(1_000)))") + "; release another version instead")
        }
        var plan = state.plan
        plan.indicators = []
        plan.metrics = nil
        plan.budget = nil
        plan.rules = []
        plan.deadline = nil
        plan.phases = maker.phases.map { Phase(name: state.plan.phases[$0].name) }
        plan.steps = steps
        self.plan = plan
    }
}

/// Turns a run's graph around.
private struct InverseMaker {
    private let state: RunState
    private let plan: Plan
    private let children: Adjacency
    /// What is in the inverse, in its order: positions in the run's plan.
    private var order: [StepIndex] = []
    /// The place of a step's inverse; nil without one. A bracket's closing step has the entering as its inverse.
    private var places: [Int?]
    /// For each maintenance step with a bracket in the inverse: its closing step, and what lies between.
    private var brackets: [(opened: StepIndex, closed: StepIndex, inside: [Bool])] = []
    /// The run's phases that have something to undo, latest first.
    private(set) var phases: [Int] = []
    private let outputs: [Variable]

    init(_ state: RunState, done: [String]) {
        self.state = state
        plan = state.plan
        children = state.children
        places = Array(repeating: nil, count: state.plan.steps.count)
        outputs = state.outputVariables
        let finished = Set(done)
        var isUndone = plan.steps.indices.map { index in
            guard case .maintenance = plan.steps[index].kind else {
                return plan.steps[index].hasEffect && state.steps[index].hasBegun
                    && plan.rollbackWork(of: index) != nil && state.steps[index].undo != .rolledBack
                    && !finished.contains(plan.steps[index].name)
            }
            return false
        }
        for (opened, step) in plan.steps.enumerated() where step.kind.isMaintenance && state.steps[opened].hasBegun {
            addBracket(opened, &isUndone)
        }
        var starts = state.steps.map { 2 * ($0.startedSequence ?? 0) }
        for bracket in brackets {
            let latest = plan.steps.indices.filter { bracket.inside[$0] }.map { starts[$0] }.max() ?? 0
            starts[bracket.closed] = max(starts[bracket.closed], latest + 1)
        }
        order = plan.steps.indices.filter { isUndone[$0] }.sorted { left, right in
            if plan.steps[left].phase != plan.steps[right].phase {
                return plan.steps[left].phase > plan.steps[right].phase
            }
            return starts[left] != starts[right] ? starts[left] > starts[right] : left > right
        }
        for (place, index) in order.enumerated() {
            places[index] = place
            if phases.last != plan.steps[index].phase { phases.append(plan.steps[index].phase) }
        }
    }

    private mutating func addBracket(_ opened: StepIndex, _ isUndone: inout [Bool]) {
        let closed = plan.steps.firstIndex { $0.kind == .maintenanceEnd(opened: opened) }
        guard let closed, state.steps[closed].status == .succeeded else {
            // Never left: leaving it is all that is to be done.
            isUndone[opened] = state.steps[opened].undo != .rolledBack
            return
        }
        let (after, beyond) = (descendants(of: opened), descendants(of: closed))
        let last = plan.steps[closed].phase
        let inside = plan.steps.indices.map { index in
            after[index] && !beyond[index] && plan.steps[index].phase <= last && isUndone[index]
        }
        // Nobody is shut out for nothing.
        guard inside.contains(true) else { return }
        isUndone[opened] = true
        isUndone[closed] = true
        brackets.append((opened, closed, inside))
    }

    private func descendants(of step: StepIndex) -> [Bool] {
        var isReached = [Bool](repeating: false, count: plan.steps.count)
        var open = [step]
        while let next = open.popLast() {
            for child in children[next] where !isReached[child] {
                isReached[child] = true
                open.append(child)
            }
        }
        return isReached
    }

    /// The nearest steps that build on this one and have an inverse, through those that have none.
    private func buildersOn(_ step: StepIndex) -> [Int] {
        var isSeen = [Bool](repeating: false, count: plan.steps.count)
        var found: [Int] = []
        var open = [step]
        while let next = open.popLast() {
            for child in children[next] where !isSeen[child] {
                isSeen[child] = true
                if let place = places[child] { found.append(place) } else { open.append(child) }
            }
        }
        return found
    }

    mutating func steps() -> [Step] {
        order.indices.map { place in
            let index = order[place]
            var needs = Set(buildersOn(index))
            for bracket in brackets {
                guard let entering = places[bracket.closed] else { continue }
                if bracket.inside[index] { needs.insert(entering) }
                if index == bracket.opened {
                    needs.insert(entering)
                    for other in plan.steps.indices where bracket.inside[other] {
                        if let place = places[other] { needs.insert(place) }
                    }
                }
            }
            needs.remove(place)
            var step = inverse(of: index)
            step.needs = needs.sorted()
            step.phase = phases.firstIndex(of: plan.steps[index].phase) ?? 0
            return step
        }
    }

    private func inverse(of index: StepIndex) -> Step {
        let original = plan.steps[index]
        if let bracket = brackets.first(where: { $0.closed == index }) {
            return entering(bracket.opened, bracket.inside)
        }
        if let bracket = brackets.first(where: { $0.opened == index }) { return leaving(bracket.closed) }
        var step = made(from: original, original.name, .run(Command(argv: ["true"])))
        if let (work, retry, timeouts) = plan.rollbackWork(of: index), case .command(let command, let own) = work {
            step.kind = .run(command)
            step.retry = retry
            step.timeouts = timeouts
            step.environment += own
        }
        if case .command(_, _, _, let isIdempotent) = original.rollback { step.isIdempotent = isIdempotent }
        // A schema that may be half-way back stays behind the closed door until a person has looked.
        let isShut = brackets.contains { $0.inside[index] }
        if case .migrate = original.kind, isShut { step.onFailure = .hold }
        return step
    }

    private func entering(_ opened: StepIndex, _ inside: [Bool]) -> Step {
        let original = plan.steps[opened]
        guard case .maintenance(var bracket) = original.kind else { return original }
        bracket.until = plan.steps.indices.filter { inside[$0] }.compactMap { places[$0] }.max() ?? 0
        var step = made(from: original, original.name, .maintenance(bracket))
        step.retry = original.retry
        step.timeouts = original.timeouts
        step.isIdempotent = original.isIdempotent
        // What must not be done in the open waits for a person.
        step.onFailure = .hold
        return step
    }

    private func leaving(_ closed: StepIndex) -> Step {
        let original = plan.steps[closed]
        var step = made(from: original, original.name, .maintenanceEnd(opened: places[closed] ?? 0))
        step.hasEffect = false
        step.retry = original.retry
        step.timeouts = original.timeouts
        step.isIdempotent = original.isIdempotent
        return step
    }

    private func made(from original: Step, _ name: String, _ kind: Step.Kind) -> Step {
        var step = Step(name: name, phase: 0, kind: kind, hasEffect: true)
        step.environment = original.environment + outputs
        step.secrets = original.secrets
        // One that fails stops no other; the run then ends as incomplete.
        step.onFailure = .continue
        return step
    }

    func lines(_ steps: [Step]) -> [RollbackLine] {
        var lines = steps.map { step -> RollbackLine in
            switch step.kind {
            case .maintenance(let bracket):
                RollbackLine(deed: .enter, step: step.name, text: Self.text(bracket.enter))
            case .maintenanceEnd(let opened):
                RollbackLine(deed: .leave, step: step.name, text: Self.leaveText(steps[opened]))
            case .run(let command): RollbackLine(deed: .undo, step: step.name, text: Self.text(command))
            default: RollbackLine(deed: .undo, step: step.name, text: "")
            }
        }
        for index in plan.steps.indices.reversed() where places[index] == nil {
            if let reason = reasonToKeep(index) {
                lines.append(RollbackLine(deed: .keep, step: plan.steps[index].name, text: reason))
            }
        }
        return lines
    }

    private func reasonToKeep(_ index: StepIndex) -> String? {
        let step = plan.steps[index]
        guard step.hasEffect, state.steps[index].hasBegun else { return nil }
        if step.kind.isMaintenance { return nil }
        if plan.rollbackWork(of: index) != nil { return "undone already" }
        if case .noneNeeded(let reason) = step.rollback { return reason }
        return step.isPointOfNoReturn ? "it is a point of no return" : "it declares no rollback"
    }

    private static func leaveText(_ step: Step) -> String {
        if case .maintenance(let bracket) = step.kind { text(bracket.leave) } else { "" }
    }

    private static func text(_ command: Command) -> String {
        command.isShell ? command.argv.last ?? "" : command.argv.joined(separator: " ")
    }
}
