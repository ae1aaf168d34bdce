import TminusModel

/// An order that was refused for who gave it, as the journal keeps it.
struct RefusedOrder: Equatable, Sendable {
    var by: String
    var order: String
    var reason: String
}

/// How many such orders are in the journal.
struct RefusedOrders: Equatable, Sendable {
    var count = 0
    var last: RefusedOrder?
}

extension RunState {
    /// Refused orders that a run's journal keeps at most: nobody floods it by trying.
    package static let refusalsMax = 100

    /// Why this person may not give the command at all; nil when they may.
    func forbidden(_ command: PersonCommand, _ person: Person) -> Obedience? {
        let needed: Right
        switch command {
        case .pause, .resume, .retry, .bypass, .resolve, .lift, .abort, .go: needed = .start
        case .rollback: needed = .rollback
        // Named by the step's rule and by the change's requirement; and asked once the freeze is known.
        case .approve, .reject, .overrideFreeze: return nil
        }
        return person.may(needed) ? nil : forbid(person, order(command), needed)
    }

    /// Refuses, and puts on record that it was tried.
    func forbid(_ person: Person, _ order: String, _ why: String) -> Obedience {
        let refused = RefusedOrder(by: person.name, order: order, reason: why)
        let answer = CommandAnswer(isAccepted: false, message: why)
        guard refusals.count < Self.refusalsMax, refusals.last != refused else { return ([], answer) }
        return ([.orderRefused(by: person.name, order: order, reason: why)], answer)
    }

    func forbid(_ person: Person, _ order: String, _ needed: Right) -> Obedience {
        forbid(
            person, order,
            "\(person.name) may not \(order): it takes the right \(needed.rawValue); tminus policy show says who "
                + "has it")
    }

    /// The command in words, steps named only where the plan has them: what people type is not kept.
    private func order(_ command: PersonCommand) -> String {
        func of(_ step: String) -> String { plan.step(named: step) == nil ? "a step" : step }
        return switch command {
        case .approve: "approve"
        case .reject: "reject"
        case .go(let step, _): "say go for \(of(step))"
        case .pause: "pause \(run)"
        case .resume: "resume \(run)"
        case .retry(let step, _): "retry \(of(step))"
        case .bypass(let step, _): "bypass \(of(step))"
        case .resolve(let step, _, _), .lift(let step, _, _): "resolve \(of(step))"
        case .abort: "abort \(run)"
        case .rollback: "roll \(run) back"
        case .overrideFreeze: "override a freeze"
        }
    }
}
