/// One piece of a step's work. Most steps have one; a canary has two for each weight.
package enum Act: Equatable, Sendable {
    /// Work that runs under a shim.
    case process(ProcessWork)
    /// Waiting, watched by the judging rules; holds no process.
    case hold(Duration)
    case approval(ApprovalRule)
}

/// What the shim of an attempt runs.
package enum ProcessWork: Equatable, Sendable {
    case command(Command, environment: [Variable])
    /// One of Tminus's own, run as `tminus perform` in a process of its own so that it can be killed, limited and
    /// outlived like any other.
    case perform(Performance)
}

/// The step kinds Tminus performs itself. Exit codes: 0 done, 1 no, 10 not done (migrationStatus), 20 half applied.
package enum Performance: Equatable, Sendable {
    case http(HTTPCall)
    case smoke(SmokeCheck)
    case backup(BackupCheck)
    case migrate(Migration)
    case migrationStatus(Migration)
}

extension Plan {
    /// The acts of a step going forward, in order; never empty.
    package func acts(of step: StepIndex) -> [Act] {
        switch steps[step].kind {
        case .run(let command): [.process(.command(command, environment: []))]
        case .http(let call): [.process(.perform(.http(call)))]
        case .smoke(let check): [.process(.perform(.smoke(check)))]
        case .backup(let check): [.process(.perform(.backup(check)))]
        case .maintenance(let bracket): [.process(.command(bracket.enter, environment: []))]
        case .maintenanceEnd(let opened): leaving(opened)
        case .migrate(let migration): [.process(.perform(.migrate(migration)))]
        case .canary(let canary):
            canary.weights.flatMap { weight -> [Act] in
                let variable = Variable(name: "TMINUS_WEIGHT", value: String(weight))
                return [.process(.command(canary.shift, environment: [variable])), .hold(canary.every)]
            }
        case .approve(let rule): [.approval(rule)]
        case .wait(let duration): [.hold(duration)]
        }
    }

    private func leaving(_ opened: StepIndex) -> [Act] {
        guard case .maintenance(let bracket) = steps[opened].kind else {
            preconditionFailure("step \(opened) opens no maintenance bracket")
        }
        return [.process(.command(bracket.leave, environment: []))]
    }

    /// What undoes a step: nil when nothing was declared or needed.
    package func rollbackWork(of step: StepIndex) -> (work: ProcessWork, retry: RetryPolicy, timeouts: Timeouts)? {
        switch steps[step].rollback {
        case .command(let command, let retry, let timeouts, _):
            (.command(command, environment: []), retry, timeouts)
        case .notDeclared, .noneNeeded:
            if case .maintenance(let bracket) = steps[step].kind {
                (.command(bracket.leave, environment: []), .once, steps[step].timeouts)
            } else {
                nil
            }
        }
    }

    /// The read-only command that tells whether a step of unknown end was done; a migration brings its own.
    package func resolveWork(of step: StepIndex) -> ProcessWork? {
        if let command = steps[step].resolve { return .command(command, environment: []) }
        if case .migrate(let migration) = steps[step].kind { return .perform(.migrationStatus(migration)) }
        return nil
    }

    /// What a process attempt runs.
    ///
    /// Precondition: the attempt names an act that is a process.
    package func work(of attempt: AttemptID) -> ProcessWork {
        switch attempt.role {
        case .forward:
            if case .process(let work) = acts(of: attempt.step)[attempt.act] { return work }
        case .rollback:
            if let (work, _, _) = rollbackWork(of: attempt.step) { return work }
        case .resolve:
            if let work = resolveWork(of: attempt.step) { return work }
        }
        preconditionFailure("attempt \(attempt) names no process")
    }
}

extension Plan {
    /// `acts(of:).count`, without making them.
    package func actCount(of step: StepIndex) -> Int {
        if case .canary(let canary) = steps[step].kind { 2 * canary.weights.count } else { 1 }
    }
}
