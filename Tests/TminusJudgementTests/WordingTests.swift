import Testing
import TminusModel

@testable import TminusJudgement

struct WordingTests {
    @Test func decimalsAreRoundedAndNeverDecorated() {
        #expect(Wording.decimal(41.16) == "41.2")
        #expect(Wording.decimal(6) == "6")
        #expect(Wording.decimal(-0.04) == "0")
        #expect(Wording.decimal(-12.34, digits: 2) == "-12.34")
        #expect(Wording.decimal(1_234_567.25, digits: 2) == "1,234,567.25")
        #expect(Wording.decimal(.nan) == "none")
        #expect(Wording.decimal(-.infinity) == "none")
        #expect(Wording.decimal(1e300) == "1e+300")
    }

    @Test func aNumberBesideABoundShowsOnWhichSideItIs() throws {
        let bound = try #require(Ratio(decimalText: "25%"))
        #expect(Wording.percent(0.25, besides: bound) == "25%")
        #expect(Wording.percent(0.2499, besides: bound) == "24.99%")
        #expect(Wording.percent(0.412) == "41.2%")
        #expect(Wording.times(14.4, besides: 14.4) == "14.4x")
        #expect(Wording.times(14.4004, besides: 14.4) == "14.4004x")
    }

    @Test func countsAreGroupedAndAgreeWithTheirNoun() {
        #expect(Wording.count(1, "request") == "1 request")
        #expect(Wording.count(0, "request") == "0 requests")
        #expect(Wording.count(1_000, "request") == "1,000 requests")
        #expect(Wording.grouped(.max) == "18,446,744,073,709,551,615")
    }

    @Test func durationsBeyondEveryArithmeticAreBounded() {
        #expect((Duration.seconds(Int64.max) * 9).bounded == .seconds(10 * 365 * 86_400))
        #expect((Duration.seconds(Int64.min) * 9).bounded == .seconds(-10 * 365 * 86_400))
        #expect(Duration.seconds(5).bounded == .seconds(5))
    }
}
