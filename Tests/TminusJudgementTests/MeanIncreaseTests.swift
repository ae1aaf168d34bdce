import Foundation
import Testing
import TminusModel

@testable import TminusJudgement

/// Means from sums and counts, looked at after every one of 60 intervals.
struct MeanIncreaseTests {
    private static let runs = 2_000
    private static let tolerance = tolerated(0.05, runs: runs)

    private func convicts(
        minutes: Int = 60, tolerated: Double = 0,
        _ next: (Int) -> (candidate: MeanIncrease.Arm, baseline: MeanIncrease.Arm)
    ) -> Bool {
        var process = MeanIncrease(tolerated: tolerated)
        for minute in 0..<minutes {
            let (candidate, baseline) = next(minute)
            process.absorb(candidate: candidate, baseline: baseline)
            if process.isConvicted { return true }
        }
        return false
    }

    private func arm(
        _ count: Int64, mean: Double, deviation: Double = 0.1, _ generator: inout SeededGenerator
    )
        -> MeanIncrease.Arm
    {
        let centre = mean + generator.normal() * deviation / Double(count).squareRoot()
        return .init(count: count, seconds: centre * Double(count))
    }

    @Test func equalArmsKeepThePromise() {
        let wrong = share(of: Self.runs, seed: 61) { generator in
            convicts { _ in (arm(50, mean: 0.2, &generator), arm(950, mean: 0.2, &generator)) }
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func aDriftUnderARampKeepsIt() {
        let wrong = share(of: Self.runs, seed: 62) { generator in
            convicts { minute in
                let drift = 0.2 + 0.6 * Double(minute) / 60
                return (
                    arm(Int64(2 + minute), mean: drift, &generator), arm(Int64(100 - minute), mean: drift, &generator)
                )
            }
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func skewedDurationsKeepIt() {
        let wrong = share(of: Self.runs, seed: 63) { generator in
            func sum(_ count: Int) -> MeanIncrease.Arm {
                var sum = 0.0
                for _ in 0..<count { sum += exp(generator.normal()) }
                return .init(count: Int64(count), seconds: sum)
            }
            return convicts(minutes: 40) { _ in (sum(10), sum(30)) }
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    /// Each arm's mean wanders by itself from minute to minute: a variance by single values would be far too small.
    @Test func burstsOfSlownessKeepIt() {
        let wrong = share(of: Self.runs, seed: 64) { generator in
            convicts { _ in
                (
                    arm(500, mean: 0.2 + 0.05 * generator.normal(), &generator),
                    arm(500, mean: 0.2 + 0.05 * generator.normal(), &generator)
                )
            }
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func aTenthLongerIsFound() {
        let found = share(of: 500, seed: 65) { generator in
            convicts { _ in (arm(50, mean: 0.22, &generator), arm(950, mean: 0.2, &generator)) }
        }
        #expect(found >= 0.9, "\(found)")
        let tolerated = share(of: Self.runs, seed: 66) { generator in
            convicts(tolerated: 0.02) { _ in (arm(50, mean: 0.22, &generator), arm(950, mean: 0.2, &generator)) }
        }
        #expect(tolerated <= Self.tolerance, "\(tolerated)")
    }

    @Test func tooFewIntervalsSayNothing() {
        var process = MeanIncrease(tolerated: 0)
        for _ in 0..<19 {
            process.absorb(candidate: .init(count: 10, seconds: 10), baseline: .init(count: 10, seconds: 1))
            process.absorb(candidate: .init(count: 0, seconds: 0), baseline: .init(count: 10, seconds: 1))
        }
        #expect(process.intervals == 19 && process.interval == nil && !process.isConvicted)
        process.absorb(candidate: .init(count: 10, seconds: 10), baseline: .init(count: 10, seconds: 1))
        #expect(process.isConvicted && process.difference.map { abs($0 - 0.9) < 1e-12 } == true)
    }
}
