import Testing

@testable import TminusModel

struct BurstinessCodingTests {
    @Test func whatIsKnownOfBurstsIsWrittenAndRead() throws {
        var conduct = RuleConduct()
        #expect(conduct.jsonUnlessUsual == nil)
        conduct.burstiness = Burstiness(thousandths: 360, history: .seconds(172_800))
        let json = try #require(conduct.jsonUnlessUsual)
        #expect(
            json
                == .members([
                    "burstiness": .members([
                        "varianceThousandths": .integer(360), "historyMilliseconds": .integer(172_800_000),
                    ])
                ]))
        #expect(try RuleConduct(json: json) == conduct)
    }

    @Test func aBurstinessBelowZeroOrFromNothingIsRefused() {
        for known in [Burstiness(thousandths: -1, history: .seconds(1)), Burstiness(thousandths: 1, history: .zero)] {
            #expect(throws: CodingFault.self) { try Burstiness(json: known.json) }
        }
    }
}
