import Testing
import TminusModel

@testable import TminusJudgement

struct ComparingProcessTests {
    private static let one = Ratio(numerator: 1, denominator: 1)
    private static let trips: [JudgingRule.Trip] = [
        .planned(
            PlannedLooks(
                bound: one, looks: 3, toFind: Ratio(numerator: 2, denominator: 1), spending: .pocock,
                informationThousandths: 20_000)),
        .slowerAbove(bound: one, harmlessBelow: nil), .meanAbove(tolerated: .milliseconds(10)),
    ]

    private func rule(_ trip: JudgingRule.Trip, _ change: (inout RuleConduct) -> Void = { _ in }) -> JudgingRule {
        var rule = JudgingRule(name: "r", indicator: 0, subject: .candidate, trip: trip, during: [0])
        change(&rule.conduct)
        return rule
    }

    private func reading(_ bad: Int64, of total: Int64 = 100) -> ArmReading { .counts(counts(bad: bad, of: total)) }

    private func measurement(
        _ index: Int, _ subject: ArmReading, _ baseline: ArmReading, slow: Int64 = 5, seconds: Double = 10
    ) -> Measurement {
        let at = Instant(millisecondsSinceEpoch: Int64(index) * 1_000)
        var measurement = Measurement(
            from: at, to: at.advanced(by: .seconds(1)), subject: subject, baseline: baseline)
        let fast = if case .counts(.none) = subject { Int64(0) } else { 100 - slow }
        measurement.subjectDurations = DurationGrowth(
            boundaries: [0.1, 1], atMost: [fast, fast], seconds: seconds + Double(index % 3) / 10)
        measurement.baselineDurations = DurationGrowth(boundaries: [0.1, 1], atMost: [95, 95], seconds: 10)
        return measurement
    }

    private func standing(_ rule: JudgingRule, _ measurements: [Measurement]) -> RuleStanding {
        var process = RuleProcess(rule, opened: .distantPast)
        for measurement in measurements {
            process.absorb(measurement)
            #expect(process.hasFailed == (process.standing.judgement.verdict == .fail))
        }
        if rule.conduct.inconclusiveLimit == nil { #expect(rule.standing(of: measurements) == process.standing) }
        return process.standing
    }

    @Test(arguments: trips) func harmIsConvictedAndEqualArmsPass(_ trip: JudgingRule.Trip) {
        let harm = (0..<40).map { measurement($0, reading(20), reading(5), slow: 40, seconds: 20) }
        #expect(standing(rule(trip), harm).judgement.verdict == .fail)
        let equal = (0..<40).map { measurement($0, reading(5), reading(5)) }
        #expect(standing(rule(trip), equal).judgement.verdict == .pass)
        let dry = standing(rule(trip) { $0.isDryRun = true }, harm)
        #expect(dry.judgement.verdict == .fail && dry.deciding == nil)
        #expect(dry.judgement.reason.hasPrefix("dry run: r: "))
    }

    @Test(arguments: trips) func aConvictionOutlastsWhatCannotBeMeasured(_ trip: JudgingRule.Trip) {
        var harm = (0..<40).map { measurement($0, reading(20), reading(5), slow: 40, seconds: 20) }
        harm += (40..<50).map { measurement($0, .error("gone"), .noData("gone")) }
        let standing = standing(rule(trip), harm)
        #expect(standing.judgement.verdict == .fail && standing.isSettled)
    }

    @Test(arguments: trips) func nothingMeasuredIsNoPass(_ trip: JudgingRule.Trip) {
        func verdict(
            _ subject: ArmReading, _ count: Int = 1, _ change: (inout RuleConduct) -> Void = { _ in }
        ) -> Verdict {
            standing(rule(trip, change), (0..<count).map { measurement($0, subject, reading(5)) }).judgement.verdict
        }
        #expect(standing(rule(trip), []).judgement.verdict == .noData)
        #expect(verdict(.error("timeout")) == .inconclusive)
        #expect(verdict(.error("timeout"), 5) == .error)
        #expect(verdict(.noData("no series")) == .noData)
        #expect(verdict(.partial(counts(bad: 1, of: 100), "a gap")) == .noData)
        #expect(verdict(reading(0, of: 0)) == .noData)
        #expect(verdict(.noData("no series"), 3) { $0.onNoData = .fail } == .fail)
        #expect(verdict(.noData("no series"), 3) { $0.onNoData = .ignore } == .noData)
        #expect(verdict(.noData("no series"), 4) { $0.inconclusiveLimit = 2 } == .inconclusive)
        // After a good beginning, too.
        var gone = (0..<40).map { measurement($0, reading(5), reading(5)) }
        gone.append(measurement(40, .noData("no series"), reading(5)))
        #expect(standing(rule(trip), gone).judgement.verdict == .noData)
    }

    @Test(arguments: trips) func fewRequestsAreNoPass(_ trip: JudgingRule.Trip) {
        var few = rule(trip)
        few.samplesMin = 5_000
        let equal = (0..<40).map { measurement($0, reading(5), reading(5)) }
        let standing = standing(few, equal)
        #expect(standing.judgement.verdict == .inconclusive)
        #expect(standing.judgement.reason == "r: 4,000 of 5,000 requests that each arm needs")
    }

    @Test func countsWithoutDurationsAreAFailedMeasurement() {
        for trip in Self.trips.dropFirst() {
            let bare = (0..<6).map { index in
                var bare = measurement(index, reading(5), reading(5))
                bare.subjectDurations = nil
                return bare
            }
            let standing = standing(rule(trip), bare)
            #expect(standing.judgement.verdict == .error)
            #expect(standing.judgement.reason.contains("its durations were not measured"))
        }
    }

    @Test func boundariesThatChangeAreAFailedMeasurement() {
        var all = (0..<3).map { measurement($0, reading(5), reading(5)) }
        for index in 3..<9 {
            var other = measurement(index, reading(5), reading(5))
            other.subjectDurations = DurationGrowth(boundaries: [0.2], atMost: [95], seconds: 10)
            all.append(other)
        }
        let standing = standing(rule(Self.trips[1]), all)
        #expect(standing.judgement.verdict == .error, "\(standing.judgement.reason)")
        #expect(standing.judgement.reason.contains("boundaries changed"))
    }

    /// As the plan promises: a ratio of 2 by five looks at the information that it takes, 5 % of 6,000 requests.
    @Test func plannedLooksFindWhatTheyAreMadeForAndSpareTheRest() throws {
        let needed = try #require(GroupSequentialRule.information(toFind: 2, share: 0.05))
        let plan = PlannedLooks(
            bound: Self.one, looks: 5, toFind: Ratio(numerator: 2, denominator: 1), spending: .obrienFleming,
            informationThousandths: Int64((needed * 1_050).rounded(.up)))
        func convicts(_ ratio: Double, _ generator: inout SeededGenerator) -> Bool {
            var process = RuleProcess(rule(.planned(plan)), opened: .distantPast)
            for index in 0..<60 {
                let ours = counts(bad: Int64(generator.binomial(300, 0.002 * ratio)), of: 300)
                let theirs = counts(bad: Int64(generator.binomial(5_700, 0.002)), of: 5_700)
                process.absorb(measurement(index, .counts(ours), .counts(theirs)))
                if process.hasFailed { return true }
            }
            return false
        }
        let found = share(of: 500, seed: 71) { convicts(2, &$0) }
        #expect(found >= 0.88, "\(found)")
        let wrong = share(of: 2_000, seed: 72) { convicts(1, &$0) }
        #expect(wrong <= tolerated(0.05, runs: 2_000), "\(wrong)")
    }
}
