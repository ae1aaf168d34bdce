import Testing
import TminusModel

@testable import TminusJudgement

struct TargetTests {
    @Test func percentagesAndDecimalsAreTheSameNumber() throws {
        #expect(Ratio(decimalText: "99.9%") == Ratio(numerator: 999, denominator: 1000))
        #expect(Ratio(decimalText: "0.999") == Ratio(decimalText: "99.9%"))
        #expect(Ratio(decimalText: "25%") == Ratio(numerator: 25, denominator: 100))
        #expect(Ratio(decimalText: "0.50") == Ratio(numerator: 5, denominator: 10))
        #expect(Ratio(decimalText: "0%") == .zero)
        #expect(Ratio(decimalText: "-20%") == Ratio(numerator: -2, denominator: 10))
        #expect(Ratio(decimalText: "1.5") == Ratio(numerator: 15, denominator: 10))
        #expect(Ratio(decimalText: "100%") == Ratio(numerator: 1, denominator: 1))
        #expect(Ratio(decimalText: "99.9999999%") == Ratio(numerator: 999_999_999, denominator: 1_000_000_000))
    }

    @Test(arguments: [
        "", "%", "-", ".", ".5", "5.", "1.2.3", "+1", " 1", "1 ", "1e3", "0x1", "NaN", "inf", "1,5", "--1", "1%%", "٣",
        "0.0000000001", "99.99999999%", "1000000000", "99999999999999999999", "999999999999999999999999999999",
    ])
    func otherTextIsNoRatio(_ text: String) {
        #expect(Ratio(decimalText: text) == nil)
    }

    @Test func aRatioIsWrittenExactly() {
        for text in ["0.999", "0.5", "0", "-0.2", "1.5", "0.000000001", "123456789.5"] {
            #expect(Ratio(decimalText: text)?.decimalText == text)
        }
        for text in ["99.9%", "25%", "0%", "-20%", "99.9999999%"] {
            #expect(Ratio(decimalText: text)?.percentText == text)
        }
        #expect(Ratio(numerator: 1, denominator: 3).decimalText == "0.333333333")
        #expect(Ratio(numerator: .min, denominator: .max).decimalText == "-1")
    }

    @Test func aTargetOfOneIsRefusedWithASentence() throws {
        #expect(throws: TargetError.outOfRange("100%")) { try Target(text: "100%") }
        #expect(throws: TargetError.outOfRange("100%")) { try Target(text: "1.0") }
        #expect(throws: TargetError.outOfRange("99900%")) { try Target(text: "999") }
        #expect(throws: TargetError.outOfRange("-1%")) { try Target(text: "-0.01") }
        #expect(throws: TargetError.unreadable("high")) { try Target(text: "high") }
        #expect(
            TargetError.outOfRange("100%").description
                == "a target of 100% cannot be kept; it must be at least 0% and below 100%, "
                + "because without any budget no burn rate exists")
        #expect(try Target(text: "0").budget == 1)
        #expect(try Target(text: "99.9%").budget == 0.001)
    }

    @Test func productsOfAnySizeCompareExactly() {
        let most = UInt64.max
        #expect(ExactProduct([most, most, most]) < ExactProduct([most, most, most, 2]))
        #expect(ExactProduct([most, most]) > ExactProduct([most, most - 1]))
        #expect(!(ExactProduct([6, most]) < ExactProduct([2, most, 3])))
        #expect(!(ExactProduct([6, most]) > ExactProduct([2, most, 3])))
        #expect(ExactProduct([most, 0, most]) < ExactProduct([1]))
        #expect(ExactProduct([]) == ExactProduct([1]))
        // (2^64 − 1)² = 2^128 − 2^65 + 1, beside the nearest numbers below and above it.
        #expect(ExactProduct([1 << 63, 2, most - 1]) < ExactProduct([most, most]))
        #expect(ExactProduct([1 << 63, 2, most]) > ExactProduct([most, most]))
    }
}
