import Testing
import TminusModel

@testable import TminusJudgement

/// Agreement with scipy and numpy: to 1e-9 where the method is exact, to 1e-6 where it is asymptotic.
struct StatisticsReferenceTests {
    private let reference: Reference

    init() throws { reference = try Reference.read() }

    @Test func theSpecialFunctionsAgree() throws {
        for row in reference.functions.normalTail {
            #expect(agree(NormalDistribution.upperTail(row[0]), row[1], to: 1e-12), "\(row)")
        }
        for row in reference.functions.normalQuantile {
            #expect(agree(NormalDistribution.quantile(upperTail: row[0]), row[1], to: 1e-12, floor: 1e-3), "\(row)")
        }
        for row in reference.functions.logGamma {
            #expect(agree(GammaFunction.logarithmOfGamma(row[0]), row[1], to: 1e-13, floor: 1), "\(row)")
        }
        for row in reference.functions.beta {
            let tails = try #require(BetaDistribution(row[0], row[1])).tails(at: .init(row[2]))
            #expect(agree(tails.value, row[3], to: 1e-10), "\(row) \(tails)")
            #expect(agree(tails.rest, row[4], to: 1e-10), "\(row) \(tails)")
        }
        for row in reference.functions.studentTail {
            let student = try #require(StudentDistribution(freedom: row[0]))
            #expect(agree(student.upperTail(row[1]), row[2], to: 1e-9), "\(row) \(student.upperTail(row[1]))")
        }
    }

    @Test func quantilesAgree() {
        for sample in reference.functions.quantiles {
            for (index, share) in sample.shares.enumerated() {
                let interpolated = Quantile.interpolated(sample.values, share) ?? .nan
                #expect(agree(interpolated, sample.interpolated[index], to: 1e-12))
                #expect(Quantile.nearestRank(sample.values, share) == sample.nearestRank[index])
            }
        }
    }

    @Test func mannWhitneyAgrees() throws {
        let alternatives: [String: MannWhitney.Alternative] = [
            "two-sided": .twoSided, "greater": .greater, "less": .less,
        ]
        var exactSeen = 0
        for sample in reference.samples {
            let samples = try #require(SamplePair(sample.x, sample.y))
            for row in sample.tests {
                let alternative = try #require(alternatives[row.alternative])
                let normal = MannWhitney(samples, alternative: alternative, method: .normal)
                #expect(normal.statistic == sample.u)
                #expect(agree(normal.p, row.normal ?? 1, to: 1e-9), "\(sample.kind) \(row) \(normal.p)")
                let automatic = MannWhitney(samples, alternative: alternative)
                #expect((automatic.method == .exact) == (row.exact != nil))
                if let exact = row.exact {
                    exactSeen += 1
                    #expect(agree(automatic.p, exact, to: 1e-9), "\(sample.kind) \(row) \(automatic.p)")
                }
            }
        }
        #expect(exactSeen >= 30)
    }

    @Test func hodgesLehmannIsTheSameTwoDifferences() throws {
        for sample in reference.samples {
            let samples = try #require(SamplePair(sample.x, sample.y))
            for row in sample.shift {
                let shift = try #require(
                    HodgesLehmann(samples, confidence: row.confidence, method: row.exact ? .exact : .normal))
                #expect(shift.method == (row.exact ? .exact : .normal))
                #expect(shift.estimate == row.estimate, "\(sample.kind) \(row)")
                #expect(shift.interval.lower == row.lower, "\(sample.kind) \(row) \(shift)")
                #expect(shift.interval.upper == row.upper, "\(sample.kind) \(row) \(shift)")
                let attained = max(0, row.attained)
                #expect(agree(shift.interval.confidence, attained, to: 1e-9, floor: 1e-3), "\(row) \(shift)")
            }
        }
    }

    @Test func brunnerMunzelAgrees() throws {
        for sample in reference.samples {
            guard let row = sample.brunnerMunzel else { continue }
            let samples = try #require(SamplePair(sample.x, sample.y))
            let ours = try #require(BrunnerMunzel(samples))
            guard let statistic = row.statistic, let p = row.p else {
                #expect(ours.freedom == nil, "scipy has no answer where the samples are apart or constant")
                continue
            }
            #expect(agree(ours.statistic, statistic, to: 1e-9, floor: 1e-3), "\(sample.kind) \(row) \(ours)")
            #expect(agree(ours.p, p, to: 1e-9), "\(sample.kind) \(row) \(ours)")
        }
    }

    @Test func intervalsForProportionsAgree() throws {
        for row in reference.proportions {
            let counted = counts(bad: row.bad, of: row.total)
            let wilson = try #require(ProportionInterval.wilson(counted, confidence: row.confidence))
            #expect(agree(wilson.lower, row.wilson[0], to: 1e-9, floor: 1e-15), "\(row) \(wilson)")
            #expect(agree(wilson.upper, row.wilson[1], to: 1e-9), "\(row) \(wilson)")
            let exact = try #require(ProportionInterval.clopperPearson(counted, confidence: row.confidence))
            #expect(agree(exact.lower, row.exact[0], to: 1e-9), "\(row) \(exact)")
            #expect(agree(exact.upper, row.exact[1], to: 1e-9), "\(row) \(exact)")
        }
        // 3 of 10^8 at 90 %, where scipy is 9e-10 off: solved with 40 digits.
        let rare = try #require(ProportionInterval.clopperPearson(counts(bad: 3, of: 100_000_000), confidence: 0.9))
        #expect(agree(rare.upper, 7.75365634364162913e-8, to: 1e-12))
    }

    @Test func intervalsForTwoArmsAgree() throws {
        for row in reference.pairs {
            let candidate = counts(bad: row.candidate[0], of: row.candidate[1])
            let baseline = counts(bad: row.baseline[0], of: row.baseline[1])
            let difference = try #require(
                ProportionInterval.newcombe(candidate: candidate, baseline: baseline, confidence: row.confidence))
            #expect(agree(difference.lower, row.newcombe[0], to: 1e-9, floor: 1e-3), "\(row) \(difference)")
            #expect(agree(difference.upper, row.newcombe[1], to: 1e-9, floor: 1e-3), "\(row) \(difference)")
            let ratio = try #require(
                ProportionInterval.poissonRatio(candidate: candidate, baseline: baseline, confidence: row.confidence))
            #expect(agree(ratio.lower, row.poissonRatio[0] ?? .infinity, to: 1e-9), "\(row) \(ratio)")
            #expect(agree(ratio.upper, row.poissonRatio[1] ?? .infinity, to: 1e-9), "\(row) \(ratio)")
        }
    }

    @Test func lanDeMetsBoundariesAgree() throws {
        for row in reference.boundaries {
            let spending = try #require(LanDeMets.Spending(rawValue: row.spending))
            let plan = try #require(LanDeMets(spending, alpha: row.alpha))
            let boundaries = try #require(plan.boundaries(at: row.fractions))
            for (ours, theirs) in zip(boundaries, row.boundaries) {
                #expect(agree(ours, theirs, to: 1e-8), "\(row) \(boundaries)")
            }
        }
    }

    /// Published values: five equal looks, one-sided 0.025.
    @Test func lanDeMetsBoundariesAreThoseOfTheLiterature() throws {
        let fractions = [0.2, 0.4, 0.6, 0.8, 1]
        let published: [(LanDeMets.Spending, [Double])] = [
            (.obrienFleming, [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]),
            (.pocock, [2.4380, 2.4268, 2.4102, 2.3966, 2.3860]),
        ]
        for (spending, expected) in published {
            let boundaries = try #require(LanDeMets(spending, alpha: 0.025)?.boundaries(at: fractions))
            for (ours, theirs) in zip(boundaries, expected) { #expect((ours - theirs).magnitude < 5e-5) }
        }
    }

    /// R: `wilcox.test(c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46), c(1.15, 0.88, 0.90, 0.74, 1.21),
    /// alternative = "greater")` of its own manual page: W = 35, p = 0.1272.
    @Test func theExampleOfTheManualOfR() throws {
        let x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
        let samples = try #require(SamplePair(x, [1.15, 0.88, 0.90, 0.74, 1.21]))
        let test = MannWhitney(samples, alternative: .greater)
        #expect(test.statistic == 35 && test.method == .exact)
        #expect((test.p - 0.1272).magnitude < 5e-5)
    }

    @Test func whatCannotBeUsedIsRefused() {
        #expect(SamplePair([], [1]) == nil && SamplePair([1], []) == nil)
        #expect(SamplePair([.nan], [1]) == nil && SamplePair([1], [.infinity]) == nil)
        #expect(LanDeMets(.pocock, alpha: 0) == nil && LanDeMets(.pocock, alpha: 0.5) == nil)
        let plan = LanDeMets(.obrienFleming, alpha: 0.05)
        #expect(plan?.boundaries(at: [0.5, 0.5]) == nil && plan?.boundaries(at: [0.5, 1.1]) == nil)
        #expect(plan?.boundaries(at: [0]) == nil && plan?.boundaries(at: [.nan]) == nil)
        #expect(plan?.boundaries(at: []) == [])
        #expect(Quantile.nearestRank([], 0.5) == nil && Quantile.interpolated([1], .nan) == nil)
        #expect(ProportionInterval.wilson(.none) == nil && ProportionInterval.clopperPearson(.none) == nil)
        #expect(ProportionInterval.wilson(counts(bad: 1, of: 2), confidence: 1) == nil)
        #expect(BetaDistribution(0, 1) == nil && StudentDistribution(freedom: -1) == nil)
    }
}
