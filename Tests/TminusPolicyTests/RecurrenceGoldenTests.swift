import Foundation
import Testing
import TminusModel

@testable import TminusPolicy

/// What `scripts/reference/recurrences.py` wrote down of python-dateutil.
@Suite struct RecurrenceGoldenTests {
    struct Case: Decodable {
        var start: String
        var zone: String
        var rule: String
        var from: String
        var through: String
        var count: Int
        /// UTC seconds of the first 60.
        var times: [Int64]
    }

    static func cases() throws -> [Case] {
        let bytes = try Data(contentsOf: Repository.golden.appending(path: "recurrences.json"))
        return try JSONDecoder().decode([Case].self, from: bytes)
    }

    @Test func rulesRecurAsDateutilHasThem() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 500)
        for one in cases {
            let zone = try #require(Zone(one.zone))
            let start = try #require(CivilTime(basicText: one.start))
            let from = try #require(CivilTime(basicText: one.from))
            let through = try #require(CivilTime(basicText: one.through))
            let occurrences = Occurrences(try RecurrenceRule(one.rule), start: start, zone: zone)
            let found = occurrences.times(from: from, through: through).prefix(60)
            let seconds = found.map { zone.instant($0).millisecondsSinceEpoch / 1_000 }
            #expect(seconds == one.times, "\(one.rule) from \(one.start) in \(one.zone)")
        }
    }

    @Test func japaneseHolidaysAreThoseOfTheLaw() throws {
        let bytes = try Data(contentsOf: Repository.golden.appending(path: "japan.json"))
        let years = try JSONDecoder().decode([String: [String]].self, from: bytes)
        #expect(years.count == 120)
        for year in JapaneseHolidays.years {
            let days = JapaneseHolidays.days(of: year).map { String($0.text.dropFirst(5)) }
            #expect(days == years["\(year)"], "\(year)")
        }
    }
}
