package import TminusJudgement
package import TminusModel

/// A release that was scored once, from files.
package struct ScoreReport: Sendable {
    private let score: ScoreCard.Score

    package init(_ score: ScoreCard.Score) {
        self.score = score
    }

    package var lines: [StyledLine] {
        let judgement = score.judgement
        var lines = [StyledLine(judgement.verdict.words, judgement.verdict.style).appending(": \(judgement.reason)")]
        for line in score.lines {
            let verdict = line.verdict.map(\.words) ?? "not scored"
            let value = Self.number(line.value)
            let previous = line.previous.map { ", before \(Self.number($0))" } ?? ""
            let points = "\(Wording.decimal(line.points)) of \(Wording.count(Int64(line.objective.weight), "point"))"
            lines.append(
                StyledLine("  ").appending(line.objective.name, .strong).appending(" ").appending(
                    verdict, line.verdict?.style ?? .faint
                ).appending(": \(value)\(previous)\(line.verdict == nil ? "" : ", \(points)")").appending(
                    line.objective.isKey ? " (key)" : ""))
        }
        return lines
    }

    private static func number(_ value: Double?) -> String {
        guard let value else { return "not measured" }
        return value != 0 && value.magnitude < 0.001 ? "\(value)" : Wording.decimal(value, digits: 4)
    }

    package var json: JSON {
        .members([
            "score": score.percent.map(JSON.double) ?? .null, "judgement": score.judgement.json,
            "objectives": .array(
                score.lines.map { line in
                    .members([
                        "name": .string(line.objective.name), "value": line.value.map(JSON.double) ?? .null,
                        "previous": line.previous.flatMap { $0.isFinite ? .double($0) : nil },
                        "verdict": line.verdict.map { .string($0.rawValue) }, "points": .double(line.points),
                        "weight": .integer(line.objective.weight), "key": line.objective.isKey ? .bool(true) : nil,
                    ])
                }),
        ])
    }
}
