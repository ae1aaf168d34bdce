import Testing
import TminusModel
import TminusPorts

@testable import TminusPolicy

@Suite struct RecurrenceRuleTests {
    private func fault(_ text: String) -> String? {
        do throws(RecurrenceRule.Fault) {
            _ = try RecurrenceRule(text)
            return nil
        } catch {
            return "\(error.message) | \(error.fix)"
        }
    }

    @Test func whatIsNotSupportedIsRefusedByName() {
        #expect(fault("FREQ=DAILY;BYHOUR=9")?.hasPrefix("has BYHOUR, which this version of Tminus does not") == true)
        #expect(fault("FREQ=YEARLY;BYWEEKNO=1")?.hasPrefix("has BYWEEKNO") == true)
        #expect(fault("FREQ=YEARLY;BYYEARDAY=1")?.hasPrefix("has BYYEARDAY") == true)
        #expect(fault("FREQ=MINUTELY")?.hasPrefix("has FREQ=MINUTELY | write FREQ=YEARLY") == true)
        #expect(fault("FREQ=DAILY;X-WHY=1")?.hasPrefix("has the unknown part 'X-WHY'") == true)
    }

    @Test func whatTheRFCRulesOutIsRefused() {
        #expect(fault("FREQ=DAILY;COUNT=1;UNTIL=20270101T000000Z") == "has both COUNT and UNTIL | keep one of them")
        #expect(fault("FREQ=WEEKLY;BYMONTHDAY=1")?.hasPrefix("has BYMONTHDAY with FREQ=WEEKLY") == true)
        #expect(fault("FREQ=WEEKLY;BYDAY=2MO")?.hasPrefix("has a number in BYDAY with FREQ=WEEKLY") == true)
        #expect(fault("FREQ=MONTHLY;BYDAY=6MO")?.hasPrefix("has 6 in BYDAY") == true)
        #expect(fault("FREQ=MONTHLY;BYSETPOS=1")?.hasPrefix("has BYSETPOS and nothing to choose from") == true)
        #expect(fault("FREQ=DAILY;UNTIL=20270101")?.contains("UNTIL=20271231T145959Z") == true)
        #expect(fault("FREQ=DAILY;COUNT=0")?.hasPrefix("has COUNT=0") == true)
        #expect(fault("FREQ=DAILY;FREQ=DAILY") == "has FREQ twice | keep one of the two")
        #expect(fault("RRULE:FREQ=DAILY")?.contains("leave 'RRULE:' out") == true)
        #expect(fault("")?.contains("no NAME=VALUE") == true)
    }

    @Test func numberedAndPlainWeekdaysAreAUnion() throws {
        let rule = try RecurrenceRule("FREQ=MONTHLY;BYDAY=1MO,FR")
        let start = try #require(CivilTime(text: "2026-11-02T09:00"))
        let end = try #require(CivilTime(text: "2026-11-30T23:00"))
        let days = Occurrences(rule, start: start, zone: .utc).times(from: start, through: end).map(\.day.parts.day)
        #expect(days == [2, 6, 13, 20, 27])
    }

    @Test func timesInAGapAreToldWithTheOffsetBefore() throws {
        // Berlin: 2027-03-28 02:30 does not exist; 2026-10-25 02:30 comes twice.
        #expect(try instant("2027-03-28T02:30", "Europe/Berlin") == instant("2027-03-28T01:30"))
        #expect(try instant("2026-10-25T02:30", "Europe/Berlin") == instant("2026-10-25T00:30"))
        // Lord Howe Island moves by half an hour: 2026-10-04 02:15 does not exist.
        #expect(try instant("2026-10-04T02:15", "Australia/Lord_Howe") == instant("2026-10-03T15:45"))
    }

    @Test func localTimesAreTheReverse() throws {
        for name in ["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"] {
            let zone = try #require(Zone(name))
            for hour in stride(from: 0, to: 24 * 400, by: 7) {
                let at = Instant(millisecondsSinceEpoch: 1_760_000_000_000 + Int64(hour) * 3_600_000)
                let back = zone.instant(zone.local(at))
                // Of a time that comes twice the first is meant.
                #expect(back == at || back == at.advanced(by: .seconds(-3_600)))
            }
        }
    }

    @Test func aHostileRuleIsDoneInBoundedTime() throws {
        var recurrence = Recurrence(
            start: "20160101T000000", zone: "America/New_York", duration: .seconds(1_800), rule: "FREQ=HOURLY")
        let clock = ContinuousClock()
        let spent = try clock.measure {
            let rule = FreezeRule(name: "a", reason: "b", kind: .deny, times: .recurring(recurrence))
            let subject = FreezeSubject(service: "s", environment: "e", change: .normal, invoker: .user)
            let from = try instant("2026-11-21")
            let spans = try FreezeCalendar().spans(
                for: subject, rules: [rule], from: from, until: from.advanced(by: .seconds(86_400 * 4_000)))
            #expect(spans.count == FreezeCalendar.spansMax)
        }
        #expect(spent < .seconds(5))
        recurrence.rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        #expect(throws: FreezeTimes.Fault.self) { try FreezeTimes(.recurring(recurrence)) }
    }
}
