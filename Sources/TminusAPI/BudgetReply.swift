package import TminusModel

/// `POST /v1/budget {plan}`: what the plan's budget gate would say now.
package struct BudgetReply: Equatable, Sendable {
    package var at: Instant
    package var judgement: Judgement

    package init(at: Instant, judgement: Judgement) {
        self.at = at
        self.judgement = judgement
    }

    package var json: JSON {
        .members(["atMilliseconds": .integer(at.millisecondsSinceEpoch), "judgement": judgement.json])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        at = try reader.instant("atMilliseconds")
        let member = try reader.member("judgement")
        do { judgement = try Judgement(json: member) } catch { throw APIError(.malformed, "judgement: \(error)") }
    }
}
