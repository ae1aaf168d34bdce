package import TminusModel

/// `POST /v1/burstiness {plan}`: how bursty the baseline has been, for each rule that compares with it.
package struct BurstinessReply: Equatable, Sendable {
    package struct Rule: Equatable, Sendable {
        /// Position in `Plan.rules`.
        package var rule: Int
        /// Nil when the history can't tell.
        package var burstiness: Burstiness?
        /// Why it can't.
        package var unknown: String?

        package init(rule: Int, burstiness: Burstiness?, unknown: String?) {
            self.rule = rule
            self.burstiness = burstiness
            self.unknown = unknown
        }
    }

    package var rules: [Rule]

    package init(rules: [Rule]) {
        self.rules = rules
    }

    package var json: JSON {
        .members([
            "rules": .array(
                rules.map { rule in
                    .members([
                        "rule": .integer(rule.rule), "burstiness": rule.burstiness.map(\.json),
                        "unknown": rule.unknown.map(JSON.string),
                    ])
                })
        ])
    }

    package init(json: JSON) throws(APIError) {
        rules = []
        for element in try WireReader(json).elements("rules") {
            let reader = try WireReader(element)
            var rule = Rule(
                rule: try reader.integer("rule"), burstiness: nil, unknown: try reader.optionalText("unknown"))
            if let member = element["burstiness"] {
                do { rule.burstiness = try Burstiness(json: member) } catch {
                    throw APIError(.malformed, "burstiness: \(error)")
                }
            }
            rules.append(rule)
        }
    }

    /// The plan with what is known written into its rules.
    package func written(into plan: Plan) -> Plan {
        var plan = plan
        for rule in rules where plan.rules.indices.contains(rule.rule) {
            guard plan.rules[rule.rule].conduct.tempering == nil else { continue }
            plan.rules[rule.rule].conduct.burstiness = rule.burstiness
        }
        return plan
    }
}
