package import TminusJudgement
package import TminusModel

/// A canary that was judged once, from files, in Kayenta's words.
package struct CanaryReport: Sendable {
    private let name: String
    private let confidence: Double
    private let result: CanaryResult

    package init(_ judge: CanaryJudge, _ series: [CanarySeries]) {
        name = judge.config.name
        confidence = judge.confidence
        result = judge.judge(series)
    }

    package var judgement: Judgement { result.judgement }

    package var lines: [StyledLine] {
        let judgement = result.judgement
        let head = "\(result.label.rawValue), score \(Wording.decimal(result.score, digits: 2))"
        var lines = [
            StyledLine(name.isEmpty ? head : "\(name): \(head)", .strong),
            StyledLine(judgement.verdict.words, judgement.verdict.style).appending(": \(judgement.reason)"),
        ]
        for group in result.groups {
            let score = group.score.map { Wording.decimal($0, digits: 2) } ?? "no data"
            lines.append(
                StyledLine("  group ").appending(group.name, .strong).appending(
                    ": \(score), weight \(Wording.decimal(group.weight, digits: 2))"))
        }
        for metric in result.metrics {
            lines.append(
                StyledLine("  ").appending(metric.name, .strong).appending(" ").appending(
                    metric.classification.rawValue, Self.style(metric)
                ).appending(Self.remarks(metric) + ": \(metric.reason)"))
            let numbers = numbers(metric)
            if !numbers.isEmpty { lines.append(StyledLine("    \(numbers)", .faint)) }
        }
        return lines
    }

    private static func style(_ metric: CanaryResult.Metric) -> Style {
        switch metric.classification {
        case .pass: metric.isUnknown ? .caution : .good
        case .high, .low, .nodataFailMetric: metric.isMuted ? .caution : .bad
        case .nodata: .caution
        }
    }

    private static func remarks(_ metric: CanaryResult.Metric) -> String {
        var remarks: [String] = []
        if metric.isCriticalFailure { remarks.append("critical") }
        if metric.isMuted { remarks.append("muted") }
        if metric.isUnknown { remarks.append("could not be told") }
        return remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
    }

    private func numbers(_ metric: CanaryResult.Metric) -> String {
        var numbers: [String] = []
        if let effect = metric.effect { numbers.append("effect \(Wording.decimal(effect, digits: 4))") }
        if let shift = metric.shift {
            numbers.append("shift \(Self.number(shift.estimate))")
            numbers.append(Self.interval(shift.interval))
        }
        if let superiority = metric.superiority {
            numbers.append("superiority \(Self.number(superiority.superiority))")
            if let interval = superiority.interval(confidence: confidence) { numbers.append(Self.interval(interval)) }
        }
        return numbers.joined(separator: ", ")
    }

    private static func interval(_ interval: ConfidenceInterval) -> String {
        "interval \(number(interval.lower)) to \(number(interval.upper)) at \(Wording.percent(interval.confidence))"
    }

    /// Small differences keep four digits.
    private static func number(_ value: Double) -> String {
        guard value.isNormal, value.magnitude < 0.001 else { return Wording.decimal(value, digits: 4) }
        var scale = 1.0
        while value.magnitude * scale < 1_000, scale < 1e300 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }

    package var json: JSON {
        .members([
            "name": name.isEmpty ? nil : .string(name), "label": .string(result.label.rawValue),
            "score": .double(result.score), "judgement": result.judgement.json,
            "groups": .array(
                result.groups.map { group in
                    .members([
                        "name": .string(group.name), "score": group.score.map(JSON.double) ?? .null,
                        "weight": .double(group.weight),
                    ])
                }),
            "metrics": .array(result.metrics.map(json)),
        ])
    }

    private func json(_ metric: CanaryResult.Metric) -> JSON {
        .members([
            "name": .string(metric.name), "classification": .string(metric.classification.rawValue),
            "reason": .string(metric.reason), "critical": metric.isCriticalFailure ? .bool(true) : nil,
            "muted": metric.isMuted ? .bool(true) : nil, "unknown": metric.isUnknown ? .bool(true) : nil,
            "effect": metric.effect.flatMap(Self.finite),
            "shift": metric.shift.map { Self.json($0.estimate, $0.interval) },
            "superiority": metric.superiority.map {
                Self.json($0.superiority, $0.interval(confidence: confidence))
            },
        ])
    }

    private static func json(_ estimate: Double, _ interval: ConfidenceInterval?) -> JSON {
        .members([
            "estimate": finite(estimate), "lower": interval.flatMap { finite($0.lower) },
            "upper": interval.flatMap { finite($0.upper) },
            "confidence": interval.flatMap { finite($0.confidence) },
        ])
    }

    private static func finite(_ value: Double) -> JSON? { value.isFinite ? .double(value) : nil }
}
