import TminusModel

/// Reads an OpenSLO v1 file: one SLO, and SLIs beside it as further indicators.
struct OpenSLO {
    /// An SLO and its indicators; nobody has more.
    static let documentsMax = 100

    private let source: SourceText
    private var list = DiagnosticList()
    private var slo = SLO()

    /// The SLO, or what is wrong with the file. `service` is the pipeline's.
    static func read(
        path: String, shownAs file: String, service: String
    ) throws(DiagnosticsError) -> (slo: SLO, warnings: [Diagnostic]) {
        let source = try SourceReader.source(path: path, shownAs: file)
        let documents = try YAMLReader.documents(of: source, documentsMax: documentsMax)
        var reader = OpenSLO(source: source)
        reader.checkShapes(documents)
        try reader.list.throwIfErrors()
        reader.decode(documents, service)
        try reader.list.throwIfErrors()
        return (reader.slo, reader.list.diagnostics)
    }

    private init(source: SourceText) {
        self.source = source
    }

    private mutating func error(at node: YAMLNode, _ message: String, fix: String) {
        let width = source.width(at: node.mark, plainLength: node.text.unicodeScalars.count)
        list.add(source.diagnostic(at: node.mark, width: width, message, fix: fix))
    }

    // MARK: - Shapes

    private mutating func checkShapes(_ documents: [YAMLNode]) {
        var sloCount = 0
        for (index, document) in documents.enumerated() {
            let kind = document["kind"]?.text ?? ""
            guard kind == "SLO" || kind == "SLI" else {
                let known = ["AlertPolicy", "AlertCondition", "AlertNotificationTarget", "DataSource", "Service"]
                let reason = known.contains(kind) ? "this version of Tminus does not act on it" : "no kind of OpenSLO"
                let place = document["kind"] ?? document
                let fix = "keep documents of kind SLO (one) and SLI"
                error(at: place, kind.isEmpty ? "the document has no 'kind'" : "'kind: \(kind)': \(reason)", fix: fix)
                continue
            }
            if kind == "SLO" { sloCount += 1 }
            if sloCount > 1, kind == "SLO" {
                error(at: document["kind"] ?? document, "a second SLO", fix: "keep one SLO to a file")
            }
            let table: KeyTable = kind == "SLO" ? .openSLO : .openSLI
            var check = ShapeCheck(source: source, list: list)
            check.check(document, table, subject: documents.count == 1 ? "the SLO" : "document \(index + 1)")
            list = check.list
        }
        if sloCount == 0, !list.hasErrors {
            list.add(source.diagnostic(at: .start, "the file has no SLO", fix: "add a document of 'kind: SLO'"))
        }
    }

    // MARK: - Decoding

    private mutating func decode(_ documents: [YAMLNode], _ service: String) {
        for document in documents where document["kind"]?.text == "SLI" {
            guard let name = document["metadata"]?["name"], let spec = document["spec"] else { continue }
            addIndicator(name, spec)
        }
        for document in documents where document["kind"]?.text == "SLO" {
            decodeSLO(document, service)
        }
    }

    private mutating func addIndicator(_ name: YAMLNode, _ spec: YAMLNode) {
        if slo.indicator(named: name.text) != nil {
            error(at: name, "a second indicator '\(name.text)'", fix: "give each a name of its own")
        }
        let ratio = spec["ratioMetric"]
        if let counter = ratio?["counter"], !counter.isTrue {
            error(at: counter, "only counters are read: 'counter: true'", fix: "use metrics that only ever rise")
        }
        func selector(_ key: String) -> CounterSelector {
            ratio?[key]?["metricSource"]?["spec"].map(SLO.counter) ?? CounterSelector(metric: "")
        }
        slo.indicators.append(Indicator(name: name.text, good: selector("good"), total: selector("total")))
    }

    private mutating func decodeSLO(_ document: YAMLNode, _ service: String) {
        guard let spec = document["spec"], let own = document["metadata"]?["name"] else { return }
        if let named = spec["service"], named.text != service {
            let width = source.width(at: named.mark, plainLength: named.text.unicodeScalars.count)
            list.add(
                source.diagnostic(
                    .warning, at: named.mark, width: width,
                    "the SLO is of service '\(named.text)', the pipeline of '\(service)'",
                    fix: "write the same service in both, if they mean the same"))
        }
        let indicator: String
        if let reference = spec["indicatorRef"] {
            indicator = reference.text
            if slo.indicator(named: indicator) == nil {
                let names = slo.indicators.map(\.name)
                let fix = Nearest.fix(
                    for: indicator, in: names, otherwise: "add a document of 'kind: SLI' to this file")
                error(at: reference, "no SLI '\(indicator)' in this file", fix: fix)
            }
        } else {
            let name = spec["indicator"]?["metadata"]?["name"] ?? own
            indicator = name.text
            if let spec = spec["indicator"]?["spec"] { addIndicator(name, spec) }
        }
        decodeObjectives(spec, own.text, indicator)
    }

    private mutating func decodeObjectives(_ spec: YAMLNode, _ own: String, _ indicator: String) {
        guard let window = spec["timeWindow"]?.oneOrMore.first, let duration = window["duration"]?.duration else {
            return
        }
        if let rolling = window["isRolling"], !rolling.isTrue {
            error(at: rolling, "only rolling windows are counted: 'isRolling: true'", fix: "write 'isRolling: true'")
        }
        for node in spec["objectives"]?.oneOrMore ?? [] {
            let name = node["displayName"]?.text ?? own
            if slo.objectives.contains(where: { $0.name == name }) {
                error(at: node["displayName"] ?? node, "a second objective '\(name)'", fix: "give each a 'displayName'")
            }
            guard let target = node["target"]?.ratio ?? node["targetPercent"].flatMap(Self.percent) else { continue }
            slo.objectives.append(
                SLO.Objective(name: name, indicator: indicator, target: target, window: duration))
        }
    }

    /// `targetPercent: 99.9` is a number of percent.
    private static func percent(_ node: YAMLNode) -> Ratio? {
        Ratio(decimalText: node.text.hasSuffix("%") ? node.text : node.text + "%")
    }
}
