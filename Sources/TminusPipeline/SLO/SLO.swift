import TminusModel

/// What SLOs say, from OpenSLO documents, the teams' form or the short form: objectives, and indicators by name.
struct SLO {
    struct Objective {
        let name: String
        let indicator: String
        let target: Ratio
        /// Of a calendar window its usual length.
        let window: Duration
        var method: BudgetMethod = .occurrences
        var period: CalendarPeriod?
        /// Alerts that the budget must hold by.
        var alerts: [BurnAlert] = []
        /// How long they must be seen before they fire.
        var alertAfter: Duration = .zero
        /// Whether the budget must hold when nothing is left.
        var holdsWhenSpent = false
        let place: Place
    }

    struct Named {
        let indicator: Indicator
        let place: Place
        /// What the DataSource says about where it is read, to be compared with the pipeline's `metrics`.
        var claims: [OriginClaim] = []
    }

    var objectives: [Objective] = []
    private(set) var indicators: [Named] = []
    /// Whether something in it was wrong, so that what is missing from it is no news.
    var isBroken = false

    func indicator(named name: String) -> Named? {
        indicators.first { $0.indicator.name == name }
    }

    mutating func add(_ named: Named) { indicators.append(named) }

    init() {}

    static let broken: SLO = {
        var slo = SLO()
        slo.isBroken = true
        return slo
    }()

    /// The short form: `slo: {objective, target, window, …, indicators}`.
    init(short node: YAMLNode, _ decoding: inout Decoding) {
        guard let nameNode = node["objective"] else { return }
        let name = nameNode.text
        let place = Place(nameNode, decoding.source)
        if let counting = decoding.counting(node) {
            add(Named(indicator: Indicator(name: name, counting: counting), place: place))
        } else {
            isBroken = true
        }
        for entry in node["indicators"]?.entries ?? [] {
            if indicator(named: entry.key.text) != nil {
                decoding.error(
                    at: entry.key, "a second indicator '\(entry.key.text)'", fix: "give each a name of its own")
            }
            guard let counting = decoding.counting(entry.value) else {
                isBroken = true
                continue
            }
            add(
                Named(
                    indicator: Indicator(name: entry.key.text, counting: counting),
                    place: Place(entry.key, decoding.source)))
        }
        guard let target = node["target"]?.ratio, let window = node["window"]?.duration else { return }
        objectives = [Objective(name: name, indicator: name, target: target, window: window, place: place)]
    }
}

/// A place in some file, for what is only found wrong later.
struct Place {
    let source: SourceText
    let mark: Mark
    let width: Int

    init(_ node: YAMLNode, _ source: SourceText) {
        self.source = source
        mark = node.mark
        width = source.width(at: node.mark, plainLength: node.text.unicodeScalars.count)
    }

    init(_ key: YAMLKey, _ source: SourceText) {
        self.source = source
        mark = key.mark
        width = source.width(at: key.mark, plainLength: key.text.unicodeScalars.count)
    }

    func diagnostic(_ severity: Diagnostic.Severity, _ message: String, fix: String) -> Diagnostic {
        source.diagnostic(severity, at: mark, width: width, message, fix: fix)
    }
}

/// What a DataSource says: a kind of origin, and perhaps where it is.
struct OriginClaim {
    /// `prometheus`, `sqlite`, `postgres`, `sql` (either), `json`, `command` or `scrape`.
    let kind: String
    /// The address, path or connection string; nil when it is not said.
    let address: String?
    let place: Place
}
