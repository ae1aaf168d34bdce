import ArgumentParser
import Testing
import TminusModel
import TminusReports

@testable import TminusCommands

@Suite struct FreezeCommandTests {
    /// Sat 2026-11-21 16:00 in Tokyo.
    private let now = Instant(millisecondsSinceEpoch: 1_795_244_400_000)

    private func rule(_ arguments: String...) throws -> FreezeRule {
        try AddFreeze.parse(["sale", "--reason", "the sale"] + arguments).rule(now: now)
    }

    private func refusal(_ arguments: String...) -> String {
        do {
            _ = try AddFreeze.parse(["sale", "--reason", "the sale"] + arguments).rule(now: now)
            return ""
        } catch {
            return AddFreeze.message(for: error)
        }
    }

    @Test func withoutTimesItHoldsFromNowOnUntilSomebodyEndsIt() throws {
        let rule = try rule()
        #expect(rule.times == .once(from: now, until: nil))
        #expect(rule.kind == .deny)
        #expect(rule.actions == [.start, .advance, .retry])
        #expect(rule.isOverridable)
    }

    @Test func localTimesAreThoseOfTheZone() throws {
        let rule = try rule("--from", "2026-12-28T17:00", "--until", "2027-01-04T09:00", "--zone", "Asia/Tokyo")
        let from = Instant(millisecondsSinceEpoch: 1_798_444_800_000)
        #expect(rule.times == .once(from: from, until: from.advanced(by: .seconds(6 * 86_400 + 16 * 3_600))))
    }

    @Test func aRecurringOneKeepsItsRuleAndZone() throws {
        let rule = try rule(
            "--from", "2026-11-27T17:00", "--lasts", "64h", "--repeat", "FREQ=WEEKLY;BYDAY=FR", "--zone", "Asia/Tokyo",
            "--environment", "prod*", "--environment", "canary", "--change", "normal", "--invoker", "automation",
            "--action", "start", "--allow", "--final")
        let recurrence = Recurrence(
            start: "20261127T170000", zone: "Asia/Tokyo", duration: .seconds(64 * 3_600), rule: "FREQ=WEEKLY;BYDAY=FR")
        #expect(rule.times == .recurring(recurrence))
        #expect(rule.environments == ["prod*", "canary"])
        #expect(rule.changes == [.normal])
        #expect(rule.invokers == [.automation])
        #expect(rule.actions == [.start])
        #expect(rule.kind == .allow)
        #expect(!rule.isOverridable)
    }

    @Test func whatCannotBeIsRefusedBeforeTheEngineIsAsked() {
        #expect(refusal("--lasts", "2d", "--until", "2030-01-01").contains("keep one of them"))
        #expect(refusal("--repeat", "FREQ=DAILY").contains("--repeat goes with --from"))
        #expect(refusal("--from", "tomorrow").contains("--from is a local time such as"))
        #expect(refusal("--zone", "Tokyo").contains("no time zone 'Tokyo'"))
        #expect(refusal("--change", "big").contains("--change is one of standard, normal, emergency, major"))
        #expect(refusal("--until", "2026-01-01").contains("write a later end"))
        let unsynchronized = refusal(
            "--from", "2026-11-26T17:00", "--lasts", "1h", "--repeat", "FREQ=WEEKLY;BYDAY=FR", "--zone", "UTC")
        #expect(unsynchronized.contains("the first time that does is 2026-11-27T17:00; begin at 2026-11-27T17:00"))
    }

    @Test func aStoppedLineCannotBeOverridden() throws {
        let rule = try StopTheLine.parse(["--reason", "payments fail", "--service", "pay-*"]).rule(now: now)
        #expect(rule.name == "line")
        #expect(!rule.isOverridable)
        #expect(rule.actions == [.start, .advance, .retry, .bypass])
        #expect(rule.services == ["pay-*"])
        #expect(rule.times == .once(from: now, until: nil))
    }

    @Test func theListSaysWhatWhereAndWhenNext() throws {
        let freeze = try rule(
            "--from", "2026-11-20T17:00", "--lasts", "64h", "--repeat", "FREQ=WEEKLY;BYDAY=FR", "--zone", "Asia/Tokyo",
            "--environment", "production")
        let reply = JSON.members([
            "freezes": .array([]), "lines": .array([]),
            "policy": .array([.members(["freeze": freeze.json, "zone": .string("Asia/Tokyo")])]),
        ])
        let lines = try FreezeTable(reply).lines(now: now).map(\.text)
        #expect(
            lines == [
                "sale  no start, advance or retry on production", "  the sale  in the policy",
                "  now, until Mon 2026-11-23 09:00 (Asia/Tokyo)",
                "  from Fri 2026-11-27 17:00 until Mon 2026-11-30 09:00 (Asia/Tokyo)",
                "  from Fri 2026-12-04 17:00 until Mon 2026-12-07 09:00 (Asia/Tokyo)",
            ])
        #expect(throws: Failure.self) { try FreezeTable(.members(["lines": .array([.string("x")])])) }
    }
}
