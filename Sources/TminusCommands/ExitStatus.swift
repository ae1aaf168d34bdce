package import TminusModel

/// What `tminus` says with its exit status; docs/reference/exit-codes.md is the same table.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case succeeded = 0
    /// The run failed, or the command could not do what it was asked.
    case failed = 1
    case rolledBack = 2
    /// The run waits for a person, a gate or a window, and nobody stays to watch it; or a judgement neither passes nor
    /// fails.
    case waiting = 3
    case rollbackIncomplete = 4
    case aborted = 5
    /// The command line makes no sense.
    case usage = 64
    /// A pipeline, plan or input is wrong; nothing was written.
    case badInput = 65
    /// Another engine holds the data directory.
    case held = 75
    /// Ctrl-C: the run goes on without this terminal.
    case detached = 130

    /// How a run's end is told to a script.
    package init(_ outcome: RunOutcome) {
        self =
            switch outcome {
            case .succeeded: .succeeded
            case .failed: .failed
            case .rolledBack: .rolledBack
            case .rollbackIncomplete: .rollbackIncomplete
            case .aborted: .aborted
            }
    }

    /// The same for a run that may not have ended.
    package init(_ status: RunStatus) {
        self =
            switch status {
            case .ended(let outcome): ExitStatus(outcome)
            case .waiting, .paused: .waiting
            case .running, .rollingBack: .succeeded
            }
    }

    /// How a judgement is told to a script: only a pass passes, and only a fail, or an error, fails.
    package init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .pass: .succeeded
            case .fail, .error: .failed
            case .warning, .inconclusive, .noData: .waiting
            }
    }

    /// Ends the command with this status, when it is not the one that it ends with anyway.
    func end() throws(Failure) {
        if self != .succeeded { throw Failure.silent(self) }
    }
}
