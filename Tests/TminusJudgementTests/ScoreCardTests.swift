import Testing
import TminusModel

@testable import TminusJudgement

struct ScoreCardTests {
    private func criterion(_ text: String) throws -> Criterion { try #require(Criterion(text: text), "\(text)") }

    @Test func criteriaAreReadAsKeptnWritesThem() throws {
        #expect(try criterion("<250") == Criterion(.below, .absolute(250)))
        #expect(try criterion("<=+10%") == Criterion(.atMost, .percent(10)))
        #expect(try criterion(">=-5%") == Criterion(.atLeast, .percent(-5)))
        #expect(try criterion("<=+15") == Criterion(.atMost, .amount(15)))
        #expect(try criterion(" =0.5 ") == Criterion(.equal, .absolute(0.5)))
        #expect(try criterion("<=10%") == Criterion(.atMost, .percent(10)))
        for text in ["", "250", "<", "<=", "<+", "<%", "< 5 0", "<1e9", "<nan", "<.5", "<5.", "<--5", "<5%%", "!5"] {
            #expect(Criterion(text: text) == nil, "\(text)")
        }
        #expect(Criterion(text: "<" + String(repeating: "9", count: 400)) == nil)
    }

    @Test func relativeCriteriaFollowThePreviousValue() throws {
        let tenMore = try criterion("<=+10%")
        #expect(tenMore.holds(110, previous: 100) == true && tenMore.holds(110.01, previous: 100) == false)
        #expect(tenMore.holds(-90, previous: -100) == true && tenMore.holds(-89, previous: -100) == false)
        #expect(tenMore.holds(1, previous: nil) == nil)
        #expect(try criterion("<=+15").holds(115, previous: 100) == true)
    }

    private func card() throws -> ScoreCard {
        ScoreCard(
            name: "release",
            objectives: [
                ScoredObjective(
                    name: "latency", pass: [[try criterion("<=+10%"), try criterion("<600")]],
                    warning: [[try criterion("<=800")]], weight: 2),
                ScoredObjective(name: "errors", pass: [[try criterion("<=1")]], weight: 1, isKey: true),
                ScoredObjective(name: "throughput", pass: []),
            ])
    }

    @Test func pointsAddUp() throws {
        let card = try card()
        let good = card.score([
            ScoredValue(name: "latency", value: 505, previous: [480, 500]),
            ScoredValue(name: "errors", value: 1), ScoredValue(name: "throughput", value: 9),
        ])
        #expect(good.percent == 100 && good.judgement.verdict == .pass)
        #expect(good.lines[0].previous == 490 && good.lines[2].verdict == nil)
        let slower = card.score([
            ScoredValue(name: "latency", value: 700, previous: [500]), ScoredValue(name: "errors", value: 0.5),
        ])
        #expect(slower.lines[0].verdict == .warning && slower.judgement.verdict == .fail)
        #expect((slower.percent ?? 0) > 66 && (slower.percent ?? 0) < 67)
        #expect(slower.judgement.reason == "release: 66.67% of the points, 75% needed")
        var lenient = card
        lenient.warningPercent = 60
        let warned = lenient.score([
            ScoredValue(name: "latency", value: 700, previous: [500]), ScoredValue(name: "errors", value: 0.5),
        ])
        #expect(warned.judgement.verdict == .warning)
        let key = card.score([
            ScoredValue(name: "latency", value: 500, previous: [500]), ScoredValue(name: "errors", value: 2),
        ])
        #expect(key.judgement.verdict == .fail)
        #expect(key.judgement.reason == "release: the key objective errors failed")
    }

    @Test func whatWasNotMeasuredNeverPasses() throws {
        var card = try card()
        let partial = [ScoredValue(name: "latency", value: 500, previous: [500])]
        #expect(card.score(partial).judgement.verdict == .noData)
        #expect(card.score(partial + [ScoredValue(name: "errors", value: .nan)]).judgement.verdict == .noData)
        let first = [ScoredValue(name: "latency", value: 500), ScoredValue(name: "errors", value: 0)]
        #expect(card.score(first).judgement.verdict == .inconclusive)
        card.firstRelease = .pass
        #expect(card.score(first).judgement.verdict == .pass)
        card.onNoData = .fail
        #expect(card.score(partial).judgement.verdict == .fail)
        card.onNoData = .ignore
        #expect(card.score(partial).judgement.verdict == .pass)
        #expect(card.score([]).judgement.verdict == .noData)
        card.passPercent = 200
        #expect(card.score(first).judgement.verdict == .error)
    }
}
