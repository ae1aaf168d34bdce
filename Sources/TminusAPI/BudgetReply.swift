package import TminusModel

/// `POST /v1/budget {plan}`: what the plan's budget gate would say now.
package struct BudgetReply: Equatable, Sendable {
    package var at: Instant
    package var judgement: Judgement
    /// What it was made from; nil from an engine that does not say.
    package var measurement: BudgetMeasurement?
    /// Empty for a service that the engine does not watch, and from an engine that does not say.
    package var alerts: [BudgetAlert] = []

    package init(at: Instant, judgement: Judgement, measurement: BudgetMeasurement? = nil) {
        self.at = at
        self.judgement = judgement
        self.measurement = measurement
    }

    package var json: JSON {
        .members([
            "atMilliseconds": .integer(at.millisecondsSinceEpoch), "judgement": judgement.json,
            "measurement": measurement.map(\.json),
            "alerts": alerts.isEmpty ? nil : .array(alerts.map(\.json)),
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        at = try reader.instant("atMilliseconds")
        let member = try reader.member("judgement")
        do { judgement = try Judgement(json: member) } catch { throw APIError(.malformed, "judgement: \(error)") }
        alerts = try reader.elements("alerts").map { element throws(APIError) in try BudgetAlert(json: element) }
        guard let member = json["measurement"] else { return }
        do {
            measurement = try BudgetMeasurement(json: member)
        } catch { throw APIError(.malformed, "measurement: \(error)") }
    }
}
