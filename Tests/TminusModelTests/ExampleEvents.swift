import TminusModel

/// At least one event of every type, all about `ExamplePlan`.
enum ExampleEvents {
    static let bodies: [Event.Body] = run + control + gates + attempts + steps + rules

    static let submitted = Event.Body.runSubmitted(
        Submission(
            run: "checkout-12", plan: ExamplePlan.plan, digest: String(repeating: "e", count: 64), by: "ada",
            reason: "spring \"release\"", pausesAfter: 0))

    private static let run: [Event.Body] = [
        submitted, .lockWaited(holder: "checkout-11"), .runStarted, .runPaused(by: "ada", reason: "lunch"),
        .runResumed(by: "ada"), .abortAsked(by: "ada", reason: "wrong tag", keepsEffects: true),
        .rollbackStarted(cause: .stepFailed(8), reason: "promote failed: exit 1"),
        .rollbackStarted(cause: .rule(1), reason: "slow tripped"),
        .rollbackStarted(cause: .deadline, reason: "3h are over"),
        .rollbackStarted(cause: .held(5), reason: "canary was held for 2h"),
        .rollbackStarted(cause: .change, reason: "bob rejected the change: not today"),
        .rollbackStarted(cause: .asked(by: "ada"), reason: ""),
        .rollbackStarted(cause: .aborted(by: "ada"), reason: "wrong tag"),
        .runEnded(outcome: .rolledBack, reason: "rolled back, since slow tripped"),
    ]

    private static let control: [Event.Body] = [
        .freezesSet([]),
        .freezesSet([
            FreezeSpan(
                name: "year-end", reason: "nobody is in the office", from: Instant(millisecondsSinceEpoch: 1),
                until: Instant(millisecondsSinceEpoch: 2), actions: [.start, .advance]),
            FreezeSpan(
                name: "line", reason: "checkout is down", from: Instant(millisecondsSinceEpoch: 1),
                until: .distantFuture, actions: FreezeSpan.Action.allCases, isOverridable: false),
        ]),
        .freezeOverridden(freeze: "year-end", by: "ada", reason: "the fix cannot wait"),
        .changeApproved(by: "bob", entries: [0, 2], comment: "seen"),
        .changeApproved(by: "cyd", entries: [1], comment: ""),
        .changeRejected(by: "bob", reason: "not today"), .changeExpired,
        .orderRefused(by: "eve", order: "approve the change", reason: "eve may not approve this; group:ops may"),
        .lockBroken(by: "ada", reason: "its engine hangs"),
    ]

    private static let window = ArmReading.counts(GoodTotal(good: 998, total: 1000) ?? .none)
    private static let judgement = Judgement(
        verdict: .warning, reason: "12.5% of the budget is left, below 25%",
        figures: [
            Figure(name: "remaining", value: 0.125, text: "12.5%"),
            Figure(name: "burn rate 1h", value: nil, text: "none"),
            Figure(name: "requests", value: 1000, text: "1,000"),
        ])

    private static let gates: [Event.Body] = [
        .windowSet(phase: 1, opens: Instant(millisecondsSinceEpoch: 1), closes: Instant(millisecondsSinceEpoch: 2)),
        .phaseStarted(phase: 0), .phaseFinished(phase: 1), .evidenceExpired(step: 0),
        .phaseSealed(phase: 0, digest: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"),
        .sealChecked(phase: 0, digest: nil, faults: ["the seal of T-1 is gone"]),
        .sealRenewed(phase: 0, by: "ada", reason: "the disk was replaced"),
        .stepWaiting(step: 3, for: .window), .stepWaiting(step: 3, for: .freeze),
        .budgetJudged(
            step: 5,
            measurement: BudgetMeasurement(
                at: Instant(millisecondsSinceEpoch: 1_700_000_000_000), window: window, observed: .seconds(7200),
                lookbacks: [
                    .init(length: .seconds(3600), reading: window),
                    .init(length: .seconds(300), reading: .noData("no requests")),
                    .init(length: .seconds(21_600), reading: .error("connection refused")),
                ]),
            judgement: judgement),
        .costMeasured(
            step: 5, part: .after,
            measurement: Measurement(
                from: Instant(millisecondsSinceEpoch: 1_700_000_000_000),
                to: Instant(millisecondsSinceEpoch: 1_700_000_060_000), subject: window)),
        .goGiven(step: 5, by: "ada", reason: "known outage"), .approvalAsked(step: 2, expires: nil),
        .approvalAsked(step: 2, expires: Instant(millisecondsSinceEpoch: 1_700_000_000_500)),
        .approvalGiven(step: 2, by: "ada", comment: ""), .approvalRejected(step: 2, by: "bob", reason: "not today"),
        .approvalExpired(step: 2),
    ]

    private static let attempts: [Event.Body] = [
        .attemptStarting(AttemptID(step: 1)), .attemptRunning(AttemptID(step: 5, number: 2, act: 4)),
        .attemptStopping(AttemptID(step: 5, role: .rollback), reason: "told to"),
        .attemptEnded(
            AttemptID(step: 1),
            AttemptResult(
                end: .exited(3), outputs: [Variable(name: "reason", value: "größer\u{1F600}")], note: "no such file",
                elapsed: .milliseconds(1234))),
        .attemptEnded(AttemptID(step: 1, role: .resolve, number: 7), AttemptResult(end: .signalled(9))),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .timedOut)),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .stopped)),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .killFailed("pid 4 is left"))),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .notStarted("no such program"))),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .tombstoned)),
        .attemptEnded(AttemptID(step: 1), AttemptResult(end: .vanished(.rebooted))),
        .retryScheduled(step: 1, role: .rollback, at: Instant(millisecondsSinceEpoch: 1_700_000_002_000)),
        .holdStarted(step: 5, act: 5, until: Instant(millisecondsSinceEpoch: 1_700_000_300_000)),
        .holdFinished(step: 5, act: 5),
    ]

    private static let causes: [FailureCause] = [
        .exit(1), .signal(15), .attemptTimeout, .totalTimeout, .notStarted, .killFailed, .rejected, .approvalExpired,
        .halfApplied,
    ]

    private static let steps: [Event.Body] =
        causes.map { .stepFailed(step: 4, cause: $0, reason: "why") } + [
            .stepSucceeded(step: 9), .stepUnknown(step: 8, role: .forward, reason: "the answer was lost"),
            .stepResolved(step: 8, role: .forward, isDone: true, by: "resolve", reason: "probe said 0"),
            .stepCancelled(step: 9, reason: "the run rolls back"), .stepSkipped(step: 9, reason: "not asked for"),
            .stepBypassed(step: 6, by: "ada", reason: "checked by hand"),
            .retryAsked(step: 6, by: "ada", reason: "network is back"), .stepRolledBack(step: 5),
            .stepRollbackFailed(step: 5, reason: "exit 1"), .stepRollbackSkipped(step: 4, reason: "none needed"),
            .bracketKept(step: 3, reason: "migrate is half applied"),
            .bracketLifted(step: 3, by: "ada", reason: "repaired by hand"),
        ]

    private static let rules: [Event.Body] = [
        .ruleOpened(rule: 0),
        .ruleJudged(
            rule: 0,
            measurement: Measurement(
                from: Instant(millisecondsSinceEpoch: 10), to: Instant(millisecondsSinceEpoch: 20), subject: window,
                baseline: .noData("no series")),
            judgement: Judgement(verdict: .inconclusive, reason: "too few requests")),
        .ruleClosed(rule: 1, judgement: judgement), .ruleAccepted(rule: 1, by: "ada", reason: "quiet night"),
        .pageRaised(key: "held/canary", reason: "canary holds"),
    ]
}
