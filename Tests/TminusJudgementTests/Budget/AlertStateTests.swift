import Testing
import TminusModel

@testable import TminusJudgement

@Suite struct AlertStateTests {
    private func at(_ minutes: Int64) -> Instant { Instant(millisecondsSinceEpoch: minutes * 60_000) }

    private let key = AlertState.key(
        service: "checkout", environment: "production", objective: "availability", alert: "fast")

    @Test func anAlertFiresOnceAndResolvesOnce() {
        var alert = AlertState(key: key)
        #expect(alert.key == "checkout/production/availability/fast")
        #expect(alert.step(.quiet, at: at(0)) == nil)
        #expect(alert.step(.burning, at: at(1)) == .fires(since: at(1)))
        #expect(alert.step(.burning, at: at(2)) == nil)
        #expect(alert.isFiring)
        #expect(alert.step(.quiet, at: at(3)) == .resolves(firedSince: at(1)))
        #expect(alert.phase == .resolved(at: at(3)))
        #expect(alert.step(.quiet, at: at(4)) == nil)
        #expect(alert.phase == .inactive)
    }

    @Test func itIsPendingForAsLongAsItWasTold() {
        var alert = AlertState(key: key, holdFor: .seconds(120))
        #expect(alert.step(.burning, at: at(0)) == nil)
        #expect(alert.phase == .pending(since: at(0)))
        #expect(alert.step(.burning, at: at(1)) == nil)
        #expect(alert.step(.quiet, at: at(2)) == nil)
        #expect(alert.phase == .inactive)
        #expect(alert.step(.burning, at: at(3)) == nil)
        #expect(alert.step(.burning, at: at(5)) == .fires(since: at(5)))
    }

    @Test func whileNothingIsMeasuredNothingChanges() {
        var alert = AlertState(key: key)
        _ = alert.step(.burning, at: at(0))
        #expect(alert.step(.unmeasured("Prometheus is gone"), at: at(1)) == nil)
        #expect(alert.step(.unmeasured("Prometheus is gone"), at: at(60)) == nil)
        #expect(alert.isFiring)
        #expect(alert.frozenSince == at(1))
        #expect(alert.step(.burning, at: at(61)) == nil)
        #expect(alert.frozenSince == nil)
        #expect(alert.step(.quiet, at: at(62)) == .resolves(firedSince: at(0)))
    }

    @Test func timeUnmeasuredDoesNotMakeAPendingAlertOlder() {
        var alert = AlertState(key: key, holdFor: .seconds(180))
        _ = alert.step(.burning, at: at(0))
        _ = alert.step(.burning, at: at(1))
        _ = alert.step(.unmeasured("gone"), at: at(2))
        #expect(alert.step(.burning, at: at(10)) == nil)
        #expect(alert.phase == .pending(since: at(8)))
        #expect(alert.step(.burning, at: at(11)) == .fires(since: at(11)))
    }

    @Test func aResolvedAlertCanFireAgainUnderTheSameKey() {
        var alert = AlertState(key: key)
        _ = alert.step(.burning, at: at(0))
        _ = alert.step(.quiet, at: at(1))
        #expect(alert.step(.burning, at: at(2)) == .fires(since: at(2)))
        #expect(alert.key == key)
    }

    // MARK: - What is seen

    private func budget() throws -> ErrorBudget {
        try ErrorBudget(target: Ratio(numerator: 999, denominator: 1_000), window: .seconds(30 * 86_400))
    }

    private func counts(_ bad: Int64, _ total: Int64) -> ArmReading {
        .counts(GoodTotal(good: total - bad, total: total) ?? .none)
    }

    @Test func exactlyTheThresholdIsQuiet() throws {
        let pair = BurnPair(.fast, window: .seconds(30 * 86_400))
        #expect(pair.threshold.text == "14.4")
        let budget = try budget()
        #expect(pair.sighting(long: counts(14_400, 1_000_000), short: counts(14_400, 1_000_000), budget) == .quiet)
        #expect(pair.sighting(long: counts(20_000, 1_000_000), short: counts(14_400, 1_000_000), budget) == .quiet)
        #expect(pair.sighting(long: counts(20_000, 1_000_000), short: counts(14_401, 1_000_000), budget) == .burning)
    }

    @Test func oneFailureAmongTenWakesNobodyAndThreeDo() throws {
        let pair = BurnPair(.fast, window: .seconds(30 * 86_400))
        #expect(pair.sighting(long: counts(1, 10), short: counts(1, 1), try budget()) == .quiet)
        #expect(pair.sighting(long: counts(3, 10), short: counts(1, 1), try budget()) == .burning)
    }

    @Test func whatWasNotReadIsNotQuiet() throws {
        let pair = BurnPair(.fast, window: .seconds(30 * 86_400))
        let seen = pair.sighting(long: .noData("no series"), short: counts(0, 10), try budget())
        #expect(seen == .unmeasured("the last 1h has no data: no series"))
        let silent = pair.sighting(long: counts(20_000, 1_000_000), short: counts(0, 0), try budget())
        #expect(silent == .unmeasured("there were no requests in the last 5m"))
    }
}
