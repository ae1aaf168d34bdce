import Testing
import TminusModel

@testable import TminusJudgement

struct ClopperPearsonTests {
    /// The expected values come from 60-digit decimal arithmetic on the binomial sum.
    @Test(arguments: [
        (1, 10, 0.0051161968918237), (2, 10, 0.036771437887465085), (3, 10, 0.0872644339141503), (1, 1, 0.05),
        (5, 5, 0.5492802716530589), (10, 10, 0.7411344491069477), (1, 1_000, 5.129197890901781e-05),
        (7, 1_000, 0.003289787400653804), (50, 1_000, 0.039163535925589334), (20, 100_000, 0.00013255032388783213),
        (300, 20_000, 0.01361369373312851), (1_000, 1_000_000, 0.0009485837785936197),
        (40, 1_000_000_000_000, 3.019573919447766e-11),
    ])
    func lowerBoundsAreTheExactOnes(bad: Int64, total: Int64, expected: Double) {
        let bound = ClopperPearson.lowerBound(counts(bad: bad, of: total))
        #expect((bound - expected).magnitude <= expected * 1e-10, "\(bound)")
        #expect(ClopperPearson.exceeds(counts(bad: bad, of: total), rate: expected * 0.999_999))
        #expect(!ClopperPearson.exceeds(counts(bad: bad, of: total), rate: expected * 1.000_001))
    }

    @Test func oneOfTenShowsABurnOfFiveAndThreeOfTenOneOf87() {
        #expect((ClopperPearson.lowerBound(counts(bad: 1, of: 10)) / 0.001 * 10).rounded() == 51)
        #expect((ClopperPearson.lowerBound(counts(bad: 3, of: 10)) / 0.001).rounded() == 87)
    }

    @Test func nothingBadShowsNothing() {
        #expect(ClopperPearson.lowerBound(.none) == 0)
        #expect(ClopperPearson.lowerBound(counts(bad: 0, of: .max)) == 0)
        #expect(!ClopperPearson.exceeds(.none, rate: 0))
        #expect(!ClopperPearson.exceeds(counts(bad: 0, of: 10), rate: 0))
        #expect(!ClopperPearson.exceeds(counts(bad: 3, of: 10), rate: .nan))
        #expect(ClopperPearson.lowerBound(counts(bad: 3, of: 10), confidence: .nan) == 0)
        #expect(ClopperPearson.lowerBound(counts(bad: 3, of: 10), confidence: 1) == 0)
    }

    @Test func hugeCountsAreBoundedFromBelowAndFast() {
        let summed = ClopperPearson.lowerBound(counts(bad: 1_000_000, of: 1_000_000_000))
        let bounded = ClopperPearson.lowerBound(counts(bad: 1_000_001, of: 1_000_000_000))
        #expect(bounded < summed && bounded > summed * 0.999)
        for total in [Int64.max, Int64.max / 3] {
            for bad in [1, 1_000, 1 << 40, total / 2, total - 1, total] {
                let bound = ClopperPearson.lowerBound(counts(bad: bad, of: total))
                #expect(bound >= 0 && bound <= Double(bad) / Double(total), "\(bad) of \(total): \(bound)")
            }
        }
    }

    @Test func theBoundGrowsWithTheFailures() {
        var last = 0.0
        for bad in Int64(1)...200 {
            let bound = ClopperPearson.lowerBound(counts(bad: bad, of: 200))
            #expect(bound > last)
            last = bound
        }
    }
}
