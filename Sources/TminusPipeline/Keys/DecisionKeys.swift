import TminusModel

/// The keys of `budget` and `judge`: what the numbers decide.
extension KeyTable {
    static let budget = KeyTable(
        noun: "the budget",
        keys: [
            .optional(
                "objective", .text(.sentence), "availability",
                "Which objective of the SLO; may be left out when it has one."),
            .optional(
                "warnBelow", .ratio(from: "-1000%", to: "100%"), "25%",
                "Remaining budget: below this a person must say go. Default: 25%."),
            .optional(
                "stopBelow", .ratio(from: "-1000%", to: "100%"), "0%",
                "Remaining budget: below this steps hold. Default: 0%."),
            .optional(
                "tiers", .list(.keys(.tier), 1...20), "[{below: 10%, action: hold, allow: {changes: [standard]}}]",
                "Further limits, each with what passes all the same."),
            .optional(
                "reserve", .ratio(from: "0%", to: "100%"), "5%",
                "Share of the budget that no step's forecast may touch; turns forecasts on."),
            .optional(
                "burning", .list(.choice(BurnAlert.allCases.map(\.rawValue)), 0...2), "[fast, slow]",
                "Burn alerts that hold steps, whatever is left. Default: both."),
            .optional(
                "alertAfter", .durationOrZero, "5m",
                "How long a burn alert must be seen before it fires; until then it is pending. The gate holds at once. "
                    + "Default: 0s."),
            .optional(
                "minObserved", .duration, "1h", "Observed for less than this is no data, and holds. Default: 1h."),
            .optional("every", .duration(atLeast: 100), "15s", "How often a held step asks again. Default: 15s."),
            .optional("unknown", .choice(["hold"]), "hold", "What no data does; it always holds."),
            .optional(
                "onHold", .keys(.onHold), "{after: 2h, then: page}",
                "What a hold that lasts turns into. Default: it holds until it recovers or a person decides."),
            .optional(
                "overrideBy", .list(.text(.approver), 1...100), "[\"group:payments-leads\"]",
                "Who may override a hold. Default: anyone who may use the engine."),
        ])

    static let tier = KeyTable(
        noun: "a tier",
        keys: [
            .required("below", .ratio(from: "-1000%", to: "100%"), "10%", "Applies while less than this remains."),
            .required(
                "action", .choice(BudgetTier.Action.allCases.map(\.rawValue)), "hold",
                "hold: steps hold. ask: a person must say go."),
            .optional(
                "allow", .keys(.tierAllowance), "{changes: [standard], kinds: [backup]}",
                "What passes all the same."),
        ])

    static let tierAllowance = KeyTable(
        noun: "an allowance",
        keys: [
            .optional(
                "changes", .list(.choice(ChangeClass.allCases.map(\.rawValue)), 1...4), "[standard, emergency]",
                "Classes of change."),
            .optional("kinds", .list(.choice(kindNames), 1...20), "[backup, smoke]", "Kinds of steps."),
        ])

    static let onHold = KeyTable(
        noun: "a hold's end",
        keys: [
            .required("after", .duration(atLeast: 1_000), "2h", "How long a step may be held."),
            .required(
                "then", .choice(HoldLimit.Choice.allCases.map(\.rawValue)), "page",
                "rollback: the run rolls back. fail: it ends. page: `onPage` runs, and the step goes on holding."),
        ])

    static let rule = KeyTable(
        noun: "a judging rule",
        keys: [
            .required("indicator", .text(.sentence), "availability", "Which indicator of the SLO."),
            .optional(
                "against", .choice(["baseline"]), "baseline",
                "Compare the candidate with the baseline: `ratioAbove`, `slowerAbove` or `meanAbove`."),
            .optional(
                "of", .choice(JudgingRule.Subject.allCases.map(\.rawValue)), "candidate",
                "Whose counters. Default: candidate when `metrics` names one, else service."),
            .required("trip", .keys(.trip), "{below: 95%, failAfter: 3}", "What convicts."),
            .required("during", .list(.text(.sentence), 1...1_000), "[canary]", "The steps it watches."),
            .optional("after", .durationOrZero, "20m", "How long it goes on after them. Default: 0s."),
            .optional(
                "every", .duration(atLeast: 100), "10s",
                "How often. Default: as `metrics` says; four times that with Prometheus."),
            .optional(
                "minSamples", .integer(1...1_000_000_000), "50",
                "Requests below which nothing but a failure is said. Default: 50."),
            .optional(
                "errorLimit", .integer(0...1_000), "4", "Failed readings in a row that are tolerated. Default: 4."),
        ] + ruleConduct)

    private static let missing = Shape.choice(RuleConduct.Missing.allCases.map(\.rawValue))

    private static let ruleConduct: [Key] = [
        .optional("dryRun", .boolean, "true", "Judged and reported, never decides. Default: false."),
        .optional(
            "warmUp", .durationOrZero, "1m", "Readings this soon after its first step began are not judged."),
        .optional("onNoData", missing, "fail", "No series at all: hold, fail or ignore. Default: hold."),
        .optional("onNoTraffic", missing, "hold", "No requests: hold, fail or ignore. Default: hold."),
        .optional("onPartial", missing, "hold", "An answer with warnings or gaps. Default: hold."),
        .optional(
            "inconclusiveLimit", .integer(0...1_000_000), "5",
            "Inconclusive readings tolerated in all. Default: any number."),
        .optional(
            "successLimit", .integer(1...1_000_000), "3",
            "Passing readings in a row after which it has passed for good. Default: never."),
        .optional(
            "tempering", .word("auto", or: .ratio(from: "0.000001", to: "1")), "0.5",
            "With `ratioAbove`: how much each reading counts when failures come in bursts; auto estimates it from the "
                + "baseline. Default: auto."),
    ]

    static let trip = KeyTable(
        noun: "a trip",
        keys: [
            .optional(
                "below", .ratio(from: "0%", to: "100%"), "95%", "Trips when the share of good falls below this."),
            .optional(
                "failAfter", .integer(1...1_000), "3", "With `below`: on which failing measurement. Default: 1."),
            .optional(
                "ratioAbove", .ratio(from: "1", to: "1000"), "1.5",
                "Trips when candidate's bad rate is shown to be more than this many times baseline's."),
            .optional(
                "harmlessBelow", .ratio(from: "1", to: "1000"), "2.0",
                "With `ratioAbove` or `slowerAbove`: passes only when the ratio is shown to be below this."),
            .optional(
                "looks", .integer(1...100), "5",
                "With `ratioAbove`: judged only so often, at planned amounts of evidence, which finds small harm "
                    + "sooner (group-sequential, Lan-DeMets)."),
            .optional(
                "toFind", .ratio(from: "1", to: "1000"), "2.0",
                "With `looks`: the ratio that the plan finds in nine of ten releases. Default: twice `ratioAbove`."),
            .optional(
                "spending", .choice(PlannedLooks.Spending.allCases.map(\.rawValue)), "pocock",
                "With `looks`: obrienFleming keeps the chance of a wrong conviction for the late looks, pocock spreads "
                    + "it. Default: obrienFleming."),
            .optional(
                "slowerAbove", .ratio(from: "1", to: "1000"), "1.5",
                "Trips when candidate's requests are shown to be slower than the histogram's boundaries more than this "
                    + "many times as often as baseline's; over all boundaries together."),
            .optional(
                "meanAbove", .durationOrZero, "20ms",
                "Trips when candidate's mean duration is shown to be more than this above baseline's."),
        ],
        exactlyOne: [["below", "ratioAbove", "slowerAbove", "meanAbove"]],
        together: [("looks", ["ratioAbove"]), ("toFind", ["looks"]), ("spending", ["looks"])])
}
