import TminusJudgement
package import TminusModel

/// An error budget now: what is left by the objective's own method, which tier that is, and every alert with both of
/// its windows.
package struct BudgetStanding: Sendable {
    private let policy: BudgetPolicy
    private let measurement: BudgetMeasurement
    private let lookbackMin: Duration
    private let judgement: Judgement

    /// - Parameter lookbackMin: two scrape intervals, as the measurement's lookbacks were made with.
    package init(_ policy: BudgetPolicy, _ measurement: BudgetMeasurement, lookbackMin: Duration) {
        self.policy = policy
        self.measurement = measurement
        self.lookbackMin = lookbackMin
        judgement = BudgetGate(policy: policy, lookbackMin: lookbackMin).judge(measurement)
    }

    private var budget: ErrorBudget? {
        try? ErrorBudget(target: policy.target, window: BudgetGate.window(policy, measurement))
    }

    private var spent: SpentBudget? {
        guard case .counts(let counts) = measurement.window, counts.total > 0 else { return nil }
        return budget?.spent(measurement, policy)
    }

    package func lines(clock: WallClock) -> [StyledLine] {
        [
            StyledLine("\(policy.objective) ", .strong).appending(
                "\(policy.target.percentText) over \(windowText(clock))"),
            StyledLine("method      \(methodText)"), leftLine,
        ] + tierLines + alertLines + conductLines
            + [
                StyledLine("gate        ").appending(judgement.verdict.words, judgement.verdict.style)
                    .appending(": \(judgement.reason)")
            ]
    }

    // MARK: Parts

    private func windowText(_ clock: WallClock) -> String {
        guard let period = measurement.period else { return "a rolling \(policy.window.releaseText)" }
        return "\(clock.full(period.from)) to \(clock.full(period.until))"
            + (policy.period.map { ", a calendar window in \($0.zone)" } ?? "")
    }

    private var methodText: String {
        let seen = measurement.slices.map { ", \($0.measured) of \($0.slices) measured, \($0.bad) bad" } ?? ""
        switch policy.method {
        case .occurrences: return "occurrences: bad of all requests"
        case .timeslices(let slice, let target):
            return "time slices of \(slice.releaseText), each good at \(target.percentText)\(seen)"
        case .ratioTimeslices(let slice): return "mean of slices of \(slice.releaseText)\(seen)"
        }
    }

    private var leftLine: StyledLine {
        guard let spent, let budget else { return StyledLine("left        unknown", .caution) }
        let text = BudgetTime.text(spent.value * budget.allowedSeconds, of: budget.allowedSeconds)
        let filled = Int((min(max(spent.remaining, 0), 1) * 20).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        return StyledLine("left        ").appending(
            "\(bar) \(Wording.percent(spent.remaining))", judgement.verdict.style
        )
        .appending(", \(text) spent")
    }

    private var tierLines: [StyledLine] {
        var all = policy.tiers.map { (name: "tier", tier: $0) }
        all.append(("stopBelow", BudgetTier(below: policy.stopBelow, action: .hold)))
        all.append(("warnBelow", BudgetTier(below: policy.warnBelow, action: .ask)))
        let ordered = all.enumerated().sorted { left, right in
            left.element.tier.below == right.element.tier.below
                ? left.offset < right.offset : left.element.tier.below.isLess(than: right.element.tier.below)
        }
        let deciding = ordered.first { entry in spent?.isRemaining(below: entry.element.tier.below) ?? false }?.offset
        return ordered.map { entry in
            let (name, tier) = entry.element
            let does = tier.action == .hold ? "steps hold" : "a person must say go"
            let passing = tier.allowedChanges.map(\.rawValue) + tier.allowedKinds.map { "\($0) steps" }
            let except = passing.isEmpty ? "" : ", except \(passing.joined(separator: ", "))"
            let isHere = entry.offset == deciding
            return StyledLine(
                "\(isHere ? "▸ " : "  ")\(name.padded(to: 9)) below \(tier.below.percentText): \(does)\(except)",
                isHere ? .caution : .plain)
        }
    }

    private var alertLines: [StyledLine] {
        guard let budget else { return [] }
        return BurnAlert.allCases.map { alert in
            let pair = BurnPair(alert, window: policy.window, lookbackMin: lookbackMin)
            let long = reading(pair.long)
            let short = reading(pair.short)
            let holds = policy.burning.contains(alert) ? "" : " (does not hold steps)"
            let rates =
                "\(pair.long.releaseText) at \(rate(long, budget)), \(pair.short.releaseText) at \(rate(short, budget))"
            let (word, style): (String, Style) =
                switch pair.sighting(long: long, short: short, budget) {
                case .burning: ("FIRES", .bad)
                case .quiet: ("quiet", .good)
                case .unmeasured(let why): ("unknown (\(why))", .caution)
                }
            return StyledLine("alert \(alert.rawValue.padded(to: 6))").appending(word, style)
                .appending(": \(rates), fires when both are above \(Wording.times(pair.threshold.value))\(holds)")
        }
    }

    private func reading(_ length: Duration) -> ArmReading {
        measurement.lookbacks.first { $0.length == length }?.reading ?? .error("not read")
    }

    private func rate(_ reading: ArmReading, _ budget: ErrorBudget) -> String {
        switch reading {
        case .counts(let counts): budget.burnRate(counts).map { Wording.times($0) } ?? "no requests"
        case .partial: "seen in part"
        case .noData: "no data"
        case .error: "unreadable"
        }
    }

    private var conductLines: [StyledLine] {
        PolicyLines.conduct(policy).map { StyledLine("also        \($0)") }
    }
}
