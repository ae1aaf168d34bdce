import Foundation
import Testing
import TminusModel

@testable import TminusPolicy

@Suite struct HostilePolicyTests {
    /// Pieces of a policy, right and wrong, that are put together at random.
    private static let words = [
        "zone", "people", "groups", "rights", "calendars", "environments", "changes", "releases", "freezes", "ann",
        "group:cab", "normal", "major", "approvals", "from", "count", "role", "leadTime", "businessDays", "calendar",
        "repeat", "FREQ=WEEKLY;BYDAY=FR", "FREQ=YEARLY;BYSETPOS=-1;BYDAY=-53MO", "lasts", "64h", "999999999999d",
        "2026-02-29", "2026-12-28T17:00", "9999-99-99", "japan", "12-31", "02-30", "after", "soak", "enough", "-1",
        "0", "99999999999999999999", "true", "~", "*", "&a", "!x", "[", "]", "{", "}", "\"", "'", "#", "\u{0}", "ü",
        "\u{202E}", "Asia/Tokyo", "../../etc/passwd", "until", "except", "also", "kind", "allow", "reason",
    ]

    @Test func randomTextNeverTraps() {
        var generator = Seeded(seed: 20_261_121)
        for _ in 0..<3_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...60, using: &generator) {
                text += Self.words.randomElement(using: &generator) ?? ""
                text += [": ", ":\n  ", "\n", ", ", "\n    ", " ", "- "].randomElement(using: &generator) ?? ""
            }
            _ = mistakes(text)
        }
    }

    @Test func aRightPolicyWithOneThingChangedNeverTraps() throws {
        let bytes = Array(try Data(contentsOf: Repository.example))
        var generator = Seeded(seed: 42)
        var sound = 0
        for _ in 0..<1_500 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: changed[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: at)
                case 2:
                    changed.insert(contentsOf: Array((Self.words.randomElement(using: &generator) ?? "").utf8), at: at)
                default: changed[at] = UInt8(ascii: "9")
                }
            }
            if (try? PolicyLoader.load(bytes: changed, file: "p.yaml")) != nil { sound += 1 }
        }
        #expect(sound > 100)
    }

    @Test func randomRulesNeverTrap() {
        var generator = Seeded(seed: 7)
        let parts = [
            "FREQ=DAILY", "FREQ=HOURLY", "FREQ=YEARLY", "INTERVAL=1000", "INTERVAL=-1", "COUNT=10000", "BYMONTH=2",
            "BYMONTHDAY=-31,30", "BYDAY=-53SU", "BYDAY=MO,TU", "BYSETPOS=366", "UNTIL=99991231T235959Z", "WKST=SU",
            "UNTIL=19000101T000000Z", "", "=", "BYDAY=", "BYMONTH=,",
        ]
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...4, using: &generator)
            let text = (0..<count).compactMap { _ in parts.randomElement(using: &generator) }.joined(separator: ";")
            guard let rule = try? RecurrenceRule(text), let start = CivilTime(text: "2026-01-05T09:00") else {
                continue
            }
            let occurrences = Occurrences(rule, start: start, zone: .utc)
            let end = CivilTime(day: start.day.advanced(by: 900), second: 0)
            _ = occurrences.times(from: start, through: end)
        }
    }

    @Test func greatNumbersOfThingsAreBounded() {
        let people = (0..<3_000).map { "  p\($0): {}\n" }.joined()
        #expect(mistakes("people:\n" + people).first?.contains("has 3000 entries | write at most 2000") == true)
        let rule = String(repeating: "BYMONTH=1;", count: 100)
        #expect((try? RecurrenceRule(rule)) == nil)
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
