import Foundation
import Testing

@testable import TminusJudgement

struct LogarithmTests {
    private func isClose(_ ours: Double, _ theirs: Double) -> Bool {
        ours == theirs || (ours - theirs).magnitude <= 1e-14 * theirs.magnitude
    }

    @Test func theLogarithmIsFoundationsTo1e14() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let value = Foundation.exp(generator.uniform() * 1400 - 700)
            #expect(isClose(logarithm(value), Foundation.log(value)), "\(value)")
            let near = 1 + (generator.uniform() - 0.5) * 0.01
            #expect(isClose(logarithm(near), Foundation.log(near)), "\(near)")
        }
        for value in [
            Double.leastNonzeroMagnitude, 0x1.8p-1050, 0.5, 1, 1.414_213_562_373_095, 1.414_213_562_373_096, 2,
            1.797e308,
        ] {
            #expect(isClose(logarithm(value), Foundation.log(value)), "\(value)")
        }
    }

    @Test func theLogarithmOfOnePlusATinyValueKeepsItsDigits() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let value = Foundation.exp(generator.uniform() * 60 - 50)
            #expect(isClose(logarithm(onePlus: value), Foundation.log1p(value)), "\(value)")
            let below = -Foundation.exp(generator.uniform() * -40)
            #expect(isClose(logarithm(onePlus: below), Foundation.log1p(below)), "\(below)")
        }
    }

    @Test func theExponentialIsFoundationsTo1e14() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40_000 {
            let value = generator.uniform() * 1416 - 708
            #expect(isClose(exponential(value), Foundation.exp(value)), "\(value)")
            let small = (generator.uniform() - 0.5) * 1e-3
            #expect(isClose(exponential(small), Foundation.exp(small)), "\(small)")
        }
        #expect(exponential(709.7) == Foundation.exp(709.7))
    }

    @Test func theEndsOfTheRangeAreWhatTheyMustBe() {
        #expect(logarithm(0) == -.infinity)
        #expect(logarithm(-1).isNaN)
        #expect(logarithm(.nan).isNaN)
        #expect(logarithm(.infinity) == .infinity)
        #expect(exponential(-.infinity) == 0)
        #expect(exponential(-746) == 0)
        #expect(exponential(.infinity) == .infinity)
        #expect(exponential(710) == .infinity)
        #expect(exponential(.nan).isNaN)
        #expect(exponential(0) == 1)
        #expect(exponential(-740) > 0)
    }

    @Test func aSumOfExponentialsNeverOverflows() {
        #expect(logarithmOfSum(exponentials: []) == -.infinity)
        #expect(logarithmOfSum(exponentials: [-.infinity, -.infinity]) == -.infinity)
        #expect(isClose(logarithmOfSum(exponentials: [1e9, 1e9]), 1e9 + Foundation.log(2.0)))
        #expect(isClose(logarithmOfSum(exponentials: [0, -1, -2]), Foundation.log(1 + exp(-1.0) + exp(-2.0))))
    }
}
