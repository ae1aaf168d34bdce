import Testing
import TminusModel

@testable import TminusJudgement

private let day: Duration = .seconds(86_400)

/// A healthy reading of 99.9 % over 30 d, to be made worse one field at a time.
struct BudgetCase {
    var policy = BudgetPolicy(
        objective: "availability", indicator: 0, target: Ratio(numerator: 999, denominator: 1000), window: day * 30)
    var window: ArmReading = .counts(counts(bad: 100, of: 1_000_000))
    var observed: Duration = day * 30
    /// fast long, fast short, slow long, slow short.
    var lookbacks: [ArmReading] = [
        .counts(counts(bad: 2, of: 10_000)), .counts(counts(bad: 0, of: 900)),
        .counts(counts(bad: 12, of: 60_000)), .counts(counts(bad: 1, of: 5_000)),
    ]

    var measurement: BudgetMeasurement {
        let lengths = BurnPair.lookbacks(window: policy.window)
        return BudgetMeasurement(
            at: Instant(millisecondsSinceEpoch: 0), window: window, observed: observed,
            lookbacks: zip(lengths, lookbacks).map { .init(length: $0, reading: $1) })
    }

    var judgement: Judgement { BudgetGate(policy: policy).judge(measurement) }
}

struct BudgetGateTests {
    @Test func aHealthyServicePassesWithItsNumbers() {
        let judgement = BudgetCase().judgement
        #expect(judgement.verdict == .pass)
        #expect(
            judgement.reason
                == "availability: 90% of the 30d budget left (4.3 of 43.2 min spent), "
                + "1h burn 0.2x (page at 14.4x), 6h burn 0.2x (page at 6x)")
        #expect(
            judgement.figures.map(\.name) == [
                "remaining", "spent seconds", "requests", "failures", "observed seconds",
                "fast threshold", "fast burn rate 1h", "fast burn rate 5m",
                "slow threshold", "slow burn rate 6h", "slow burn rate 30m",
            ])
        #expect(judgement.figures.first == Figure(name: "remaining", value: 0.9, text: "90%"))
    }

    @Test func belowWarnAPersonMustSayGo() {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: 750, of: 1_000_000))
        #expect(reading.judgement.verdict == .pass)
        reading.window = .counts(counts(bad: 751, of: 1_000_000))
        #expect(reading.judgement.verdict == .warning)
        #expect(
            reading.judgement.reason
                == "availability: 24.9% of the budget is left, below warnBelow 25%; released when a person says go, "
                + "or at 25% or more; now 24.9% of the 30d budget left (32.4 of 43.2 min spent), "
                + "1h burn 0.2x (page at 14.4x), 6h burn 0.2x (page at 6x)")
    }

    @Test func aRoundedNumberNeverLooksLikeTheBoundItMissed() {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: 750_001, of: 1_000_000_000))
        #expect(reading.judgement.reason.hasPrefix("availability: 24.9999% of the budget is left, below warnBelow 25%"))
    }

    @Test func anOverspentBudgetHoldsAndSaysByHowMuch() {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: 1_000, of: 1_000_000))
        #expect(reading.judgement.verdict == .warning)
        reading.window = .counts(counts(bad: 1_120, of: 1_000_000))
        #expect(reading.judgement.verdict == .fail)
        #expect(
            reading.judgement.reason.hasPrefix(
                "availability: -12% of the budget is left, below stopBelow 0%; released at 0% or more, "
                    + "as failures leave the 30d window; now -12% of the 30d budget left (48.4 of 43.2 min spent), "))
    }

    @Test func aFastBurnHoldsWhateverIsLeft() {
        var reading = BudgetCase()
        reading.lookbacks[0] = .counts(counts(bad: 213, of: 10_000))
        reading.lookbacks[1] = .counts(counts(bad: 27, of: 900))
        #expect(reading.judgement.verdict == .fail)
        #expect(
            reading.judgement.reason
                == "availability: the fast burn alert fires, 1h at 21.3x and 5m at 30x, both above 14.4x; "
                + "released when either is at 14.4x or less; now 90% of the 30d budget left (4.3 of 43.2 min spent), "
                + "1h burn 21.3x (page at 14.4x), 6h burn 0.2x (page at 6x)")
        // The short window has recovered: the alert ends at once.
        reading.lookbacks[1] = .counts(counts(bad: 0, of: 900))
        #expect(reading.judgement.verdict == .pass)
        // A policy that does not name the alert does not hold for it.
        reading.lookbacks[1] = .counts(counts(bad: 27, of: 900))
        reading.policy.burning = [.slow]
        #expect(reading.judgement.verdict == .pass)
        reading.lookbacks[2] = .counts(counts(bad: 400, of: 60_000))
        reading.lookbacks[3] = .counts(counts(bad: 40, of: 5_000))
        #expect(reading.judgement.verdict == .fail)
        reading.policy.burning = []
        #expect(reading.judgement.verdict == .pass)
    }

    @Test func exactlyTheThresholdIsNotYetAnAlert() {
        var reading = BudgetCase()
        reading.lookbacks[0] = .counts(counts(bad: 1_440_000, of: 100_000_000))
        reading.lookbacks[1] = .counts(counts(bad: 900, of: 900))
        #expect(reading.judgement.verdict == .pass)
    }

    @Test func oneFailureInTenRequestsIsNoAlertAndThreeAre() {
        var reading = BudgetCase()
        reading.lookbacks[0] = .counts(counts(bad: 1, of: 10))
        reading.lookbacks[1] = .counts(counts(bad: 1, of: 2))
        #expect(reading.judgement.verdict == .pass)
        #expect(
            reading.judgement.reason.contains(
                "1h burn 100x (page at 14.4x, too few requests to show more than 5.1x)"))
        reading.lookbacks[0] = .counts(counts(bad: 3, of: 10))
        #expect(reading.judgement.verdict == .fail)
        #expect(reading.judgement.figures.contains { $0.name == "fast burn rate shown" && $0.text == "87.3x" })
    }

    @Test func whatWasNotMeasuredHolds() {
        var reading = BudgetCase()
        reading.window = .error("connection refused")
        #expect(
            reading.judgement
                == Judgement(
                    verdict: .error,
                    reason: "availability could not be measured: connection refused; "
                        + "released when the source answers again"))
        reading.window = .noData("no series shop_requests_total")
        #expect(reading.judgement.verdict == .noData)
        reading.window = .counts(.none)
        #expect(
            reading.judgement
                == Judgement(
                    verdict: .noData,
                    reason: "availability had no requests in the last 30d; released when requests have been counted"))
    }

    @Test func aSourceThatStoppedAnsweringHoldsAlthoughTheWindowIsFull() {
        for index in 0..<4 {
            for (lost, verdict) in [(ArmReading.error("timeout"), Verdict.error), (.noData("no scrape"), .noData)] {
                var reading = BudgetCase()
                reading.lookbacks[index] = lost
                #expect(reading.judgement.verdict == verdict)
                reading.policy.burning = []
                #expect(reading.judgement.verdict == verdict, "even when no alert is asked for")
            }
        }
    }

    @Test func aProofOfHarmOutranksWhatIsUnknown() {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: 1_120, of: 1_000_000))
        reading.lookbacks[1] = .error("timeout")
        reading.lookbacks[3] = .error("timeout")
        reading.observed = .seconds(600)
        #expect(reading.judgement.verdict == .fail)
        #expect(
            reading.judgement.reason
                == "availability: -12% of the budget is left, below stopBelow 0%; released at 0% or more, "
                + "as failures leave the 30d window; also whether the fast burn alert fires is unknown, the last 5m "
                + "was not measured: timeout; released when both 1h and 5m are measured; also observed for 10m of the "
                + "1h needed; released after 50m more of scrapes without a gap; now -12% of the 30d budget left "
                + "(48.4 of 43.2 min spent), 1h burn 0.2x (page at 14.4x), 6h burn 0.2x (page at 6x)")
    }

    @Test func missingAndContradictingLookbacksHold() {
        var reading = BudgetCase()
        reading.lookbacks.removeLast()
        #expect(reading.judgement.verdict == .error)
        #expect(reading.judgement.reason.contains("the source counted nothing over 30m"))
        var measurement = BudgetCase().measurement
        measurement.lookbacks.append(.init(length: .seconds(300), reading: .counts(counts(bad: 1, of: 900))))
        let judgement = BudgetGate(policy: BudgetCase().policy).judge(measurement)
        #expect(judgement.verdict == .error)
        #expect(judgement.reason.contains("the source gave two different counts over 5m"))
    }

    @Test func aQuietQuarterIsKnownToBeQuietOnlyIfTheOtherLookbackIs() {
        var reading = BudgetCase()
        reading.lookbacks[1] = .counts(.none)
        #expect(reading.judgement.verdict == .pass)
        reading.lookbacks[0] = .counts(counts(bad: 213, of: 10_000))
        #expect(reading.judgement.verdict == .noData)
        #expect(reading.judgement.reason.contains("there were no requests in the last 5m"))
        reading.lookbacks[0] = .counts(.none)
        #expect(reading.judgement.verdict == .noData)
        #expect(reading.judgement.reason.contains("1h burn unknown (page at 14.4x)"))
    }

    @Test func tooShortAnObservationIsNoData() {
        var reading = BudgetCase()
        reading.observed = .seconds(3_599)
        #expect(reading.judgement.verdict == .noData)
        #expect(
            reading.judgement.reason.hasPrefix(
                "availability: observed for 59m59s of the 1h needed; released after 1s more of scrapes without a gap"))
        reading.observed = .seconds(3_600)
        #expect(reading.judgement.verdict == .pass)
        reading.policy.observedMin = .zero
        for nothing in [Duration.zero, .seconds(-1), .seconds(Int64.min)] {
            reading.observed = nothing
            #expect(reading.judgement.verdict == .noData)
        }
    }

    @Test func anUnusableObjectiveIsAnErrorWithTheSentence() {
        var reading = BudgetCase()
        reading.policy.target = Ratio(numerator: 1, denominator: 1)
        #expect(reading.judgement.verdict == .error)
        #expect(reading.judgement.reason.contains("a target of 100% cannot be kept"))
        reading = BudgetCase()
        reading.policy.window = .zero
        #expect(reading.judgement.verdict == .error)
    }

    @Test func aShortDemoWindowWorksWithItsFloor() {
        var reading = BudgetCase()
        reading.policy.window = .seconds(3_600)
        reading.policy.observedMin = .seconds(10)
        let floor = Duration.seconds(4)
        let lengths = BurnPair.lookbacks(window: reading.policy.window, lookbackMin: floor)
        let measurement = BudgetMeasurement(
            at: Instant(millisecondsSinceEpoch: 0), window: .counts(counts(bad: 0, of: 2_000)), observed: .seconds(40),
            lookbacks: lengths.map { .init(length: $0, reading: .counts(counts(bad: 0, of: 100))) })
        let judgement = BudgetGate(policy: reading.policy, lookbackMin: floor).judge(measurement)
        #expect(judgement.verdict == .pass)
        #expect(
            judgement.reason
                == "availability: 100% of the 1h budget left (0 of 3.6 s spent), "
                + "5s burn 0x (page at 14.4x), 30s burn 0x (page at 6x)")
    }
}
