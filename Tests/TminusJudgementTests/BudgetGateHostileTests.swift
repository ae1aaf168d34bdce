import Testing
import TminusModel

@testable import TminusJudgement

/// Whatever a reading holds, the gate neither traps nor passes without the data for it.
struct BudgetGateHostileTests {
    private static let extremes: [Int64] = [
        .min, .min + 1, -1_000, -1, 0, 1, 2, 10, 999, 1_000, 10_000, 1_000_000, 1 << 53, .max - 1, .max,
    ]

    private func number(_ generator: inout SeededGenerator) -> Int64 {
        switch generator.next() % 4 {
        case 0: Self.extremes[Int(generator.next() % UInt64(Self.extremes.count))]
        case 1: Int64(bitPattern: generator.next())
        case 2: Int64(generator.next() % 100)
        default: Int64(generator.next() % 1_000_000)
        }
    }

    private func duration(_ generator: inout SeededGenerator) -> Duration {
        switch generator.next() % 5 {
        case 0: .seconds(number(&generator))
        case 1: .milliseconds(number(&generator))
        case 2: .seconds(number(&generator)) * 9  // beyond what `components` can take
        case 3: .seconds(3_600)
        default: .seconds(30 * 86_400)
        }
    }

    private func ratio(_ generator: inout SeededGenerator) -> Ratio {
        switch generator.next() % 4 {
        case 0: Ratio(numerator: number(&generator), denominator: max(number(&generator), 1))
        case 1: Ratio(numerator: 999, denominator: 1_000)
        case 2: .zero
        default: Ratio(numerator: Int64(generator.next() % 1_001), denominator: 1_000)
        }
    }

    /// Counts that a source might claim; nonsense among them becomes the error that it is.
    private func reading(_ generator: inout SeededGenerator) -> ArmReading {
        switch generator.next() % 12 {
        case 0: return .error("garbage")
        case 1: return .noData("empty")
        case 2: return .counts(.none)
        case 3, 4, 5:
            let total = Int64(generator.next() % 1_000_000)
            return .counts(counts(bad: total / 100_000, of: total))
        default:
            let total = number(&generator)
            let good = generator.next() % 2 == 0 ? number(&generator) : total
            return GoodTotal(good: good, total: total).map { .counts($0) } ?? .error("\(good) good of \(total)")
        }
    }

    private func measurement(_ policy: BudgetPolicy, _ generator: inout SeededGenerator) -> BudgetMeasurement {
        var lookbacks = BurnPair.lookbacks(window: policy.window).map {
            BudgetMeasurement.Lookback(length: $0, reading: reading(&generator))
        }
        switch generator.next() % 8 {
        case 0: lookbacks.removeAll()
        case 1: lookbacks.removeLast()
        case 2: lookbacks.append(.init(length: duration(&generator), reading: reading(&generator)))
        default: break
        }
        return BudgetMeasurement(
            at: Instant(millisecondsSinceEpoch: number(&generator)), window: reading(&generator),
            observed: duration(&generator), lookbacks: lookbacks)
    }

    /// What a pass needs, said independently of the gate and in floating point, with a little room for its rounding.
    private func mayPass(_ policy: BudgetPolicy, _ measurement: BudgetMeasurement) -> Bool {
        let target = policy.target
        let isTarget = (0..<target.denominator).contains(target.numerator)
        guard isTarget, policy.window > .zero,
            measurement.observed > .zero, measurement.observed >= policy.observedMin,
            case .counts(let counts) = measurement.window, counts.total > 0
        else { return false }
        let budget = Double(target.denominator - target.numerator) / Double(target.denominator)
        let remaining = 1 - Double(counts.bad) / Double(counts.total) / budget
        for limit in [policy.warnBelow, policy.stopBelow] {
            guard remaining >= Double(limit.numerator) / Double(limit.denominator) - 1e-6 else { return false }
        }
        let allRead = measurement.lookbacks.allSatisfy { if case .counts = $0.reading { true } else { false } }
        return allRead && policy.burning.allSatisfy { isQuiet($0, policy, measurement, budget: budget) }
    }

    /// Both lookbacks are there, and they are not both far above the threshold on plenty of requests.
    private func isQuiet(
        _ alert: BurnAlert, _ policy: BudgetPolicy, _ measurement: BudgetMeasurement, budget: Double
    ) -> Bool {
        let pair = BurnPair(alert, window: policy.window)
        let rates = [pair.long, pair.short].map { length -> (bad: Int64, rate: Double)? in
            let found = measurement.lookbacks.first { $0.length == length }
            guard case .counts(let counts)? = found?.reading else { return nil }
            return (counts.bad, counts.total == 0 ? 0 : Double(counts.bad) / Double(counts.total) / budget)
        }
        guard let long = rates[0], let short = rates[1] else { return false }
        let limit = pair.threshold.value
        return !(long.bad >= 1_000 && long.rate > 2 * limit && short.rate > 1.001 * limit)
    }

    @Test func nothingUnmeasuredOrOverspentEverPasses() {
        var generator = SeededGenerator(seed: 20_261_120)
        var verdicts: [Verdict: Int] = [:]
        for round in 0..<20_000 {
            let alerts: [[BurnAlert]] = [[.fast, .slow], [.fast], [.slow], []]
            var policy = BudgetPolicy(
                objective: "availability", indicator: 0, target: ratio(&generator), window: duration(&generator),
                burning: alerts[Int(generator.next() % 4)], observedMin: duration(&generator))
            if generator.next() % 2 == 0 { policy.warnBelow = ratio(&generator) }
            if generator.next() % 2 == 0 { policy.stopBelow = ratio(&generator) }
            if generator.next() % 2 == 0 {
                policy.target = Ratio(numerator: 9, denominator: 10)
                policy.window = .seconds(30 * 86_400)
                policy.observedMin = .seconds(3_600)
            }
            let measurement = measurement(policy, &generator)
            let judgement = BudgetGate(policy: policy).judge(measurement)
            verdicts[judgement.verdict, default: 0] += 1
            if judgement.verdict.passes {
                #expect(mayPass(policy, measurement), "round \(round): \(judgement.reason)")
            }
            #expect(!judgement.reason.isEmpty)
            #expect(judgement.figures.allSatisfy { $0.value?.isFinite ?? true }, "round \(round)")
        }
        // The property says nothing unless every outcome was seen.
        for verdict in [Verdict.pass, .warning, .fail, .noData, .error] {
            #expect(verdicts[verdict, default: 0] > 20, "\(verdict): \(verdicts)")
        }
    }

    @Test func judgingRulesNeverPassWithoutALatestMeasurement() {
        var generator = SeededGenerator(seed: 7)
        var passes = 0
        for round in 0..<10_000 {
            let bound = Ratio(numerator: Int64(generator.next() % 1_000), denominator: 1_000)
            let trips: [JudgingRule.Trip] = [
                .below(bound: bound, failAfter: Int(truncatingIfNeeded: number(&generator))),
                .ratioAbove(bound: ratio(&generator), harmlessBelow: nil),
                .ratioAbove(bound: ratio(&generator), harmlessBelow: ratio(&generator)),
            ]
            let rule = JudgingRule(
                name: "errors", indicator: 0, subject: .candidate, trip: trips[round % 3], during: [],
                samplesMin: number(&generator), errorLimit: Int(truncatingIfNeeded: number(&generator)))
            let history = (0..<Int(generator.next() % 6)).map { _ in
                Measurement(
                    from: .distantPast, to: .distantFuture, subject: reading(&generator),
                    baseline: generator.next() % 8 == 0 ? nil : reading(&generator))
            }
            let judgement = rule.standing(of: history).judgement
            #expect(judgement.figures.allSatisfy { $0.value?.isFinite ?? true }, "round \(round)")
            guard judgement.verdict.passes else { continue }
            passes += 1
            guard case .counts(let latest)? = history.last?.subject else {
                Issue.record("round \(round): \(judgement.reason)")
                continue
            }
            #expect(latest.total > 0, "round \(round): \(judgement.reason)")
        }
        #expect(passes > 100, "\(passes)")
    }

    @Test func aFigureNeverHoldsWhatIsNoNumber() {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(Figure(name: "x", value: value, text: "none").value == nil)
        }
        #expect(Judgement(verdict: .error, reason: "").reason == "error, and no reason was given")
        #expect(Verdict.allCases.filter(\.passes) == [.pass])
    }
}
