import Testing
import TminusJudgement
import TminusModel

@testable import TminusEngine
@testable import TminusServer

@Suite struct MetricsPageTests {
    private func page(_ phase: AlertState.Phase, frozen: Bool = false, service: String = "shop") -> String {
        var figures = EngineFigures()
        let at = Instant(millisecondsSinceEpoch: 1_000)
        figures.alerts = [
            AlertStanding(
                service: service, environment: "test", objective: "availability", name: "fast",
                state: AlertState(key: "k", phase: phase, frozenSince: frozen ? at : nil))
        ]
        return MetricsPage(figures, version: "1.2.3").text
    }

    private let labels = "{service=\"shop\",environment=\"test\",objective=\"availability\",alert=\"fast\"}"
    private let at = Instant(millisecondsSinceEpoch: 1_000)

    @Test func aFiringAlertIsOneLineOfEachGauge() {
        let text = page(.firing(since: at), frozen: true)
        #expect(text.contains("# TYPE tminus_burn_alert_firing gauge\ntminus_burn_alert_firing\(labels) 1\n"))
        #expect(text.contains("\ntminus_burn_alert_pending\(labels) 0\n"))
        #expect(text.contains("\ntminus_burn_alert_unmeasured\(labels) 1\n"))
    }

    @Test func aPendingAlertDoesNotFire() {
        let text = page(.pending(since: at))
        #expect(text.contains("\ntminus_burn_alert_firing\(labels) 0\n"))
        #expect(text.contains("\ntminus_burn_alert_pending\(labels) 1\n"))
        #expect(text.contains("\ntminus_burn_alert_unmeasured\(labels) 0\n"))
    }

    @Test func namesThatHoldQuotesBreakNoLine() {
        let text = page(.inactive, service: "a\"b\\c\nd")
        #expect(text.contains("{service=\"a\\\"b\\\\c\\nd\",environment"))
    }
}
