import TminusModel

/// OpenSLO v1 documents → an SLO: objectives, indicators, and the alerts they ask for.
struct OpenSLO {
    struct Document {
        let node: YAMLNode
        let source: SourceText
        let kind: String
        let name: String
    }

    /// A pipeline's service has a handful.
    static let documentsMax = 200

    /// The pipeline's.
    let service: String
    let documents: [Document]
    var list: DiagnosticList
    /// Of the document that is being read.
    var source: SourceText
    var slo = SLO()
    /// `kind/name` of documents that something refers to.
    var used: Set<String> = []

    /// The SLO; `list` holds what is wrong with it.
    static func read(
        _ files: [SLOFile], service: String, _ list: inout DiagnosticList
    ) -> SLO {
        guard let first = files.first else { return .broken }
        var documents: [Document] = []
        for file in files {
            for (index, node) in file.documents.enumerated() {
                check(node, file, index, &list)
                documents.append(
                    Document(
                        node: node, source: file.source, kind: node["kind"]?.text ?? "",
                        name: node["metadata"]?["name"]?.text ?? ""))
            }
        }
        if !list.hasErrors, !documents.contains(where: { $0.kind == "SLO" }) {
            list.add(first.source.diagnostic(at: .start, "the file has no SLO", fix: "add a document of 'kind: SLO'"))
        }
        if list.hasErrors { return .broken }
        var reader = OpenSLO(service: service, documents: documents, list: list, source: first.source)
        reader.decode()
        list = reader.list
        return list.hasErrors ? .broken : reader.slo
    }

    private static func check(_ node: YAMLNode, _ file: SLOFile, _ index: Int, _ list: inout DiagnosticList) {
        let kind = node["kind"]?.text ?? ""
        guard let table = KeyTable.openKinds.first(where: { $0.kind == kind })?.table else {
            let place = Place(node["kind"] ?? node, file.source)
            let kinds = KeyTable.openKinds.map(\.kind)
            let message = kind.isEmpty ? "the document has no 'kind'" : "'kind: \(kind)': no kind of OpenSLO"
            let fix = Nearest.fix(for: kind, in: kinds, otherwise: "kinds are \(listed(kinds, joinedBy: "and"))")
            return list.add(place.diagnostic(.error, message, fix: fix))
        }
        var check = ShapeCheck(source: file.source, list: list)
        check.check(node, table, subject: file.documents.count == 1 ? "the \(kind)" : "document \(index + 1)")
        list = check.list
    }

    // MARK: - Diagnostics

    mutating func error(at node: YAMLNode, _ message: String, fix: String) { report(.error, node, message, fix) }
    mutating func warning(at node: YAMLNode, _ message: String, fix: String) { report(.warning, node, message, fix) }

    private mutating func report(_ severity: Diagnostic.Severity, _ node: YAMLNode, _ message: String, _ fix: String) {
        list.add(Place(node, source).diagnostic(severity, message, fix: fix))
    }

    // MARK: - Decoding

    private mutating func decode() {
        checkNames()
        for document in documents where document.kind == "SLI" {
            source = document.source
            guard let name = document.node["metadata"]?["name"], let spec = document.node["spec"] else { continue }
            // What a threshold splits is only known with an objective.
            if spec["thresholdMetric"] == nil { addRatio(name.text, at: name, spec) }
        }
        for document in documents where document.kind == "SLO" {
            source = document.source
            decodeSLO(document)
        }
        warnOfUnused()
    }

    /// RFC 1123 labels, each once for its kind.
    private mutating func checkNames() {
        var seen: Set<String> = []
        for document in documents {
            source = document.source
            guard let name = document.node["metadata"]?["name"] else { continue }
            if name.text.hasSuffix("-") {
                error(
                    at: name, "the name '\(name.text)' ends with '-'", fix: "end it with a letter or digit (RFC 1123)")
            }
            if !seen.insert("\(document.kind)/\(document.name)").inserted {
                error(at: name, "a second \(document.kind) '\(document.name)'", fix: "give each a name of its own")
            }
        }
    }

    private mutating func warnOfUnused() {
        for document in documents where !["SLO", "SLI", "Service"].contains(document.kind) {
            guard !used.contains("\(document.kind)/\(document.name)"), let name = document.node["metadata"]?["name"]
            else { continue }
            source = document.source
            warning(at: name, "nothing refers to the \(document.kind) '\(document.name)'", fix: "remove it, or name it")
        }
    }

    /// The document of that kind and name, noted as used; nil, reported at `reference`, when there is none.
    mutating func document(_ kind: String, _ reference: YAMLNode) -> Document? {
        if let found = documents.first(where: { $0.kind == kind && $0.name == reference.text }) {
            used.insert("\(kind)/\(found.name)")
            return found
        }
        let names = documents.filter { $0.kind == kind }.map(\.name)
        let fix = Nearest.fix(for: reference.text, in: names, otherwise: "add a document of 'kind: \(kind)'")
        error(at: reference, "no \(kind) '\(reference.text)' in these documents", fix: fix)
        return nil
    }

    private mutating func decodeSLO(_ document: Document) {
        guard let spec = document.node["spec"], let own = document.node["metadata"]?["name"] else { return }
        checkService(spec)
        if let reference = spec["indicatorRef"] {
            guard let indicator = self.document("SLI", reference), let body = indicator.node["spec"] else { return }
            return decodeObjectives(spec, own.text, (indicator.name, body, indicator.source))
        }
        guard let inline = spec["indicator"], let body = inline["spec"] else { return }
        let name = inline["metadata"]?["name"] ?? own
        if body["thresholdMetric"] == nil { addRatio(name.text, at: name, body) }
        decodeObjectives(spec, own.text, (name.text, body, source))
    }

    private mutating func checkService(_ spec: YAMLNode) {
        guard let named = spec["service"] else { return }
        let services = documents.filter { $0.kind == "Service" }.map(\.name)
        if !services.isEmpty, !services.contains(named.text) {
            let fix = Nearest.fix(
                for: named.text, in: services, otherwise: "services are \(listed(services, joinedBy: "and"))")
            error(at: named, "no Service '\(named.text)' in these documents", fix: fix)
        } else if named.text != service {
            warning(
                at: named, "the SLO is of service '\(named.text)', the pipeline of '\(service)'",
                fix: "write the same service in both, if they mean the same")
        }
    }

    private mutating func decodeObjectives(
        _ spec: YAMLNode, _ own: String, _ indicator: (name: String, spec: YAMLNode, source: SourceText)
    ) {
        let nodes = spec["objectives"]?.oneOrMore ?? []
        checkObjectiveNames(nodes, own)
        guard let window = window(spec) else { return }
        let alerts = alerts(spec, window.length)
        for (index, node) in nodes.enumerated() {
            let name = node["displayName"]?.text ?? own
            guard let target = target(node), let method = method(spec, node, window.length) else { continue }
            var counted = indicator.name
            if let threshold = indicator.spec["thresholdMetric"] {
                if nodes.count > 1 { counted += "-\(index + 1)" }
                addThreshold(counted, threshold, of: node, definedIn: indicator.source)
            } else if let op = node["op"] {
                error(
                    at: op, "'op' and 'value' belong to a thresholdMetric, and this is a ratioMetric",
                    fix: "remove them")
            }
            slo.objectives.append(
                SLO.Objective(
                    name: name, indicator: counted, target: target, window: window.length, method: method,
                    period: window.period, alerts: alerts.alerts, alertAfter: alerts.after, place: Place(node, source)))
        }
    }

    private mutating func checkObjectiveNames(_ nodes: [YAMLNode], _ own: String) {
        var names = slo.objectives.map(\.name)
        for node in nodes {
            let name = node["displayName"]?.text ?? own
            if names.contains(name) {
                error(at: node["displayName"] ?? node, "a second objective '\(name)'", fix: "give each a 'displayName'")
            }
            names.append(name)
        }
    }

    private mutating func target(_ node: YAMLNode) -> Ratio? {
        if let target = node["target"] { return target.ratio }
        guard let percent = node["targetPercent"] else { return nil }
        let text = percent.text
        guard let ratio = Ratio(decimalText: text.hasSuffix("%") ? text : text + "%") else { return nil }
        if ratio.isBelow(Ratio(numerator: 1, denominator: 100)) || ratio == Ratio(numerator: 1, denominator: 100) {
            error(
                at: percent, "a 'targetPercent' of \(text) means \(ratio.percentText), which looks like a ratio",
                fix: "write 'target: \(text)', or the percentage")
            return nil
        }
        return ratio
    }
}
