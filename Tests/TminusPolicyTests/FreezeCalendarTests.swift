import Testing
import TminusModel
import TminusPorts

@testable import TminusPolicy

@Suite struct FreezeCalendarTests {
    private let calendar = FreezeCalendar()
    private let subject = FreezeSubject(
        service: "checkout", environment: "production", change: .normal, invoker: .user)

    private func weekly(_ kind: FreezeRule.Kind, _ name: String = "weekend") -> FreezeRule {
        let recurrence = Recurrence(
            start: "20260102T170000", zone: "Asia/Tokyo", duration: .seconds(64 * 3_600), rule: "FREQ=WEEKLY;BYDAY=FR")
        return FreezeRule(name: name, reason: "nobody is here", kind: kind, times: .recurring(recurrence))
    }

    private func spans(_ rules: [FreezeRule], _ from: String, _ until: String) throws -> [FreezeSpan] {
        try calendar.spans(
            for: subject, rules: rules, from: instant(from, "Asia/Tokyo"), until: instant(until, "Asia/Tokyo"))
    }

    @Test func aWeeklyFreezeGivesASpanForEachWeek() throws {
        let spans = try spans([weekly(.deny)], "2026-11-21T00:00", "2026-12-01")
        #expect(
            try spans.map(\.from) == [
                instant("2026-11-20T17:00", "Asia/Tokyo"), instant("2026-11-27T17:00", "Asia/Tokyo"),
            ])
        #expect(try spans[0].until == instant("2026-11-23T09:00", "Asia/Tokyo"))
        #expect(spans[0].name == "weekend")
        #expect(spans[0].reason == "nobody is here")
    }

    @Test func whatIsAllowedForbidsTheRest() throws {
        let spans = try spans([weekly(.allow)], "2026-11-21T00:00", "2026-11-25")
        #expect(spans.count == 1)
        #expect(try spans[0].from == instant("2026-11-23T09:00", "Asia/Tokyo"))
        #expect(try spans[0].until == instant("2026-11-27T17:00", "Asia/Tokyo"))
        #expect(spans[0].reason == "outside of the window weekend: nobody is here")
    }

    @Test func twoWindowsAllowTheirUnion() throws {
        var mondays = weekly(.allow, "mondays")
        let recurrence = Recurrence(
            start: "20260105T080000", zone: "Asia/Tokyo", duration: .seconds(4 * 3_600), rule: "FREQ=WEEKLY")
        mondays.times = .recurring(recurrence)
        let spans = try spans([weekly(.allow), mondays], "2026-11-21T00:00", "2026-11-25")
        #expect(try spans.map(\.from) == [instant("2026-11-23T12:00", "Asia/Tokyo")])
        #expect(spans[0].reason.hasPrefix("outside of the windows weekend, mondays: "))
    }

    @Test func windowsForOneActionForbidNoOther() throws {
        var starts = weekly(.allow)
        starts.actions = [.start]
        let spans = try spans([starts], "2026-11-24T00:00", "2026-11-25")
        #expect(spans.map(\.actions) == [[.start]])
    }

    @Test func aSpanLooksTheSameWheneverItIsAsked() throws {
        let rules = [weekly(.deny), weekly(.allow, "window")]
        let first = try spans(rules, "2026-11-21T00:00", "2026-12-20")
        for day in 22...30 {
            let later = try spans(rules, "2026-11-\(day)", "2026-12-20")
            #expect(first.suffix(later.count) == later[...])
        }
    }

    @Test func stretchesThatMeetAreOne() throws {
        let recurrence = Recurrence(
            start: "20261101T000000", zone: "Europe/Berlin", duration: .seconds(86_400), rule: "FREQ=DAILY;COUNT=10")
        let rule = FreezeRule(name: "ten-days", reason: "r", kind: .deny, times: .recurring(recurrence))
        let spans = try spans([rule], "2026-11-03", "2026-11-05")
        #expect(try spans.map(\.from) == [instant("2026-11-01", "Europe/Berlin")])
        #expect(try spans.map(\.until) == [instant("2026-11-11", "Europe/Berlin")])
    }

    @Test func aDayEndsAtTheSameTimeOnTheWallWhenTheClocksChange() throws {
        let recurrence = Recurrence(
            start: "20261024T120000", zone: "Europe/Berlin", duration: .seconds(86_400), rule: "FREQ=DAILY;COUNT=1")
        let rule = FreezeRule(name: "a", reason: "r", kind: .deny, times: .recurring(recurrence))
        let spans = try spans([rule], "2026-10-20", "2026-11-05")
        #expect(spans.map { $0.until.since($0.from) } == [.seconds(25 * 3_600)])
    }

    @Test func scopesDecideWhomAFreezeConcerns() throws {
        func count(_ change: (inout FreezeRule) -> Void) throws -> Int {
            var rule = weekly(.deny)
            change(&rule)
            return try spans([rule], "2026-11-21", "2026-11-22").count
        }
        #expect(try count { $0.environments = ["prod*"] } == 1)
        #expect(try count { $0.environments = ["staging"] } == 0)
        #expect(try count { $0.services = ["check?ut", "x"] } == 1)
        #expect(try count { $0.services = ["pay-*"] } == 0)
        #expect(try count { $0.changes = [.major] } == 0)
        #expect(try count { $0.invokers = [.automation] } == 0)
    }

    @Test func exceptionsAndExtraDatesCount() throws {
        var recurrence = Recurrence(
            start: "20261120T170000", zone: "Asia/Tokyo", duration: .seconds(3_600), rule: "FREQ=WEEKLY")
        recurrence.exceptDates = ["20261127T170000"]
        recurrence.extraDates = ["20261201T080000"]
        let rule = FreezeRule(name: "a", reason: "r", kind: .deny, times: .recurring(recurrence))
        let spans = try spans([rule], "2026-11-20", "2026-12-05")
        #expect(
            try spans.map(\.from) == [
                instant("2026-11-20T17:00", "Asia/Tokyo"), instant("2026-12-01T08:00", "Asia/Tokyo"),
                instant("2026-12-04T17:00", "Asia/Tokyo"),
            ])
        recurrence.exceptDates = ["20261128T170000"]
        #expect(throws: FreezeTimes.Fault.self) { try FreezeTimes(.recurring(recurrence)) }
    }

    @Test func anOpenFreezeEndsWhenSomebodyEndsIt() throws {
        let rule = FreezeRule(
            name: "line", reason: "r", kind: .deny, times: .once(from: try instant("2026-11-21"), until: nil))
        #expect(try spans([rule], "2027-01-01", "2027-01-02").map(\.until) == [.distantFuture])
    }

    @Test func aZoneThatIsNotKnownIsAFaultNotSilence() {
        let recurrence = Recurrence(
            start: "20261120T170000", zone: "Mars/Base", duration: .seconds(60), rule: "FREQ=DAILY")
        let rule = FreezeRule(name: "a", reason: "r", kind: .deny, times: .recurring(recurrence))
        #expect(throws: PolicyFault.self) { try spans([rule], "2026-11-21", "2026-11-22") }
        #expect(rule.fault?.contains("unknown time zone 'Mars/Base'") == true)
    }
}
