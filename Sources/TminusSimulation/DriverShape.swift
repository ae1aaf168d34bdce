import TminusModel

/// Plans to measure the driver alone with.
package enum DriverShape: String, Sendable, CaseIterable {
    case thousandIndependent, tenThousandIndependent, tenThousandIndependentThousandAtOnce, thousandInAChain,
        tenThousandInAChain, tenLayersOfAHundred, tenThousandThatFailOnce

    var plan: Plan {
        switch self {
        case .thousandIndependent: independent(1_000)
        case .tenThousandIndependent: independent(10_000)
        case .tenThousandIndependentThousandAtOnce: independent(10_000, atOnce: 1_000)
        case .thousandInAChain: chain(1_000)
        case .tenThousandInAChain: chain(10_000)
        case .tenLayersOfAHundred: layers(10, of: 100)
        case .tenThousandThatFailOnce: independent(10_000, isRetried: true)
        }
    }

    private func independent(_ count: Int, atOnce: Int = 8, isRetried: Bool = false) -> Plan {
        var plan = plan((0..<count).map { _ in [] })
        plan.attemptsAtOnceMax = atOnce
        if isRetried {
            for index in plan.steps.indices { plan.steps[index].retry = RetryPolicy(attempts: 3, retryOn: [75]) }
        }
        return plan
    }

    private func chain(_ count: Int) -> Plan { plan((0..<count).map { $0 == 0 ? [] : [$0 - 1] }) }

    /// Every step of a layer needs every step of the one before.
    private func layers(_ count: Int, of width: Int) -> Plan {
        plan(
            (0..<(count * width)).map { step in
                step < width ? [] : Array((step / width - 1) * width..<(step / width) * width)
            })
    }

    private func plan(_ needs: [[StepIndex]]) -> Plan {
        let steps = needs.enumerated().map { index, needs -> Step in
            var step = Step(
                name: "s\(index)", phase: 0, needs: needs, kind: .run(Command(argv: ["true"])), hasEffect: true)
            step.rollback = .command(
                Command(argv: ["true"]), retry: .once, timeouts: .standard, isIdempotent: false)
            return step
        }
        return Plan(
            pipeline: "p", service: "s", environment: "test", change: .normal, release: .minor, folder: "/",
            phases: [Phase(name: "T-0")], steps: steps)
    }
}
