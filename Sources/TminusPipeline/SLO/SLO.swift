import TminusModel

/// What an SLO says, from an OpenSLO file or the short form: objectives, and indicators by name.
struct SLO {
    struct Objective {
        let name: String
        let indicator: String
        let target: Ratio
        let window: Duration
    }

    var objectives: [Objective] = []
    var indicators: [Indicator] = []
    /// Whether something in it was wrong, so that what is missing from it is no news.
    var isBroken = false

    func indicator(named name: String) -> Indicator? {
        indicators.first { $0.name == name }
    }

    /// The short form: `slo: {objective, target, window, good, total, indicators}`.
    init(short node: YAMLNode, _ decoding: inout Decoding) {
        let name = node["objective"]?.text ?? ""
        indicators = [Self.indicator(name, node)]
        for entry in node["indicators"]?.entries ?? [] {
            if indicator(named: entry.key.text) != nil {
                decoding.error(
                    at: entry.key, "a second indicator '\(entry.key.text)'", fix: "give each a name of its own")
            }
            indicators.append(Self.indicator(entry.key.text, entry.value))
        }
        guard let target = node["target"]?.ratio, let window = node["window"]?.duration else { return }
        objectives = [Objective(name: name, indicator: name, target: target, window: window)]
    }

    init() {}

    static let broken: SLO = {
        var slo = SLO()
        slo.isBroken = true
        return slo
    }()

    private static func indicator(_ name: String, _ node: YAMLNode) -> Indicator {
        Indicator(
            name: name, good: node["good"].map(counter) ?? CounterSelector(metric: ""),
            total: node["total"].map(counter) ?? CounterSelector(metric: ""))
    }

    static func counter(_ node: YAMLNode) -> CounterSelector {
        CounterSelector(metric: node["metric"]?.text ?? "", labels: node["labels"]?.variables ?? [])
    }
}
