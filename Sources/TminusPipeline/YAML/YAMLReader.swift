import Yams

/// YAML text → nodes with places, or diagnostics. Of YAML only what a pipeline needs: no anchors, aliases, tags,
/// merge keys, complex keys or directives, and no more depth and nodes than any pipeline has.
package struct YAMLReader {
    /// Nested lists and mappings, the outermost counted.
    static let depthMax = 32
    static let nodesMax = 200_000

    private let source: SourceText
    private var list = DiagnosticList()
    private var nodes = 0
    private var anchors = 0
    private var firstAnchor: Mark?

    /// The documents of `source`, at most `documentsMax`; never empty.
    package static func documents(of source: SourceText, documentsMax: Int = 1) throws(DiagnosticsError) -> [YAMLNode] {
        var reader = YAMLReader(source: source)
        return try reader.documents(documentsMax)
    }

    private init(source: SourceText) {
        self.source = source
    }

    private mutating func documents(_ documentsMax: Int) throws(DiagnosticsError) -> [YAMLNode] {
        list.add(contentsOf: SourceReader.interpolations(in: source))
        try refuseAnchors()
        let roots = try composed(source.text, documentsMax)
        var documents: [YAMLNode] = []
        withExtendedLifetime(roots.parser) {
            for root in roots.nodes {
                if let document = converted(root, depth: 1) { documents.append(document) }
            }
        }
        addAnchors()
        try list.throwIfErrors()
        if documents.isEmpty {
            let message = "the file is empty"
            let fix =
                source.kind == .policy
                ? "start with 'people:'; pipelines/policy/tminus.yaml is an example"
                : "start with 'pipeline: NAME'; pipelines/hello.yaml is the smallest example"
            throw DiagnosticsError(diagnostics: [source.diagnostic(at: .start, message, fix: fix)])
        }
        return documents
    }

    // MARK: - Composing

    /// What Yams made of a text. Its nodes know their anchors only while its parser lives.
    private struct Composed {
        var nodes: [Yams.Node]
        let parser: Parser?
    }

    private func composed(_ text: String, _ documentsMax: Int) throws(DiagnosticsError) -> Composed {
        do {
            return try Self.compose(text, documentsMax, source)
        } catch let error as DiagnosticsError {
            throw combined(error.diagnostics)
        } catch let error as YamlError {
            let duplicates = DuplicateKeys.diagnostics(error, text: text, source)
            throw combined(duplicates ?? [YAMLProblem.diagnostic(error, source)])
        } catch {
            throw combined([source.diagnostic(at: .start, "not YAML: \(error)", fix: "save the file as YAML text")])
        }
    }

    /// The basic resolver knows no rules: what plain text means is decided by the key it belongs to, and Yams' own
    /// rules are regular expressions run for every key.
    private static func compose(_ text: String, _ documentsMax: Int, _ source: SourceText) throws -> Composed {
        let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
        var composed = Composed(nodes: [], parser: parser)
        while let root = try parser.nextRoot() {
            guard composed.nodes.count < documentsMax else {
                let mark = root.mark.map(Mark.init) ?? .start
                let message =
                    documentsMax == 1
                    ? "a second document in the file" : "more than \(documentsMax) documents in the file"
                let fix = "keep one \(source.kind.noun) to a file; remove the '---' above"
                throw DiagnosticsError(diagnostics: [source.diagnostic(at: mark, message, fix: fix)])
            }
            composed.nodes.append(root)
        }
        return composed
    }

    private func combined(_ diagnostics: [Diagnostic]) -> DiagnosticsError {
        var all = list
        all.add(contentsOf: diagnostics)
        return DiagnosticsError(diagnostics: all.diagnostics, omitted: all.omitted)
    }

    // MARK: - Refusals before composing

    /// Composing hashes the keys of mappings, and a key that holds an alias of an alias of … is hashed expanded: a few
    /// hundred bytes would keep it busy for ever. So a text with `*` is first composed with every `*` replaced by a
    /// character that means nothing to YAML. Up to its first alias the text is read the same way, and an alias has
    /// its anchor before it: when the copy shows no anchor there is no alias to expand in the text itself.
    private mutating func refuseAnchors() throws(DiagnosticsError) {
        let utf8 = source.text.utf8
        guard utf8.contains(UInt8(ascii: "&")), utf8.contains(UInt8(ascii: "*")) else { return }
        let copy = source.text.replacing("*", with: Self.standIn)
        let roots = try composed(copy, YAMLReader.nodesMax)
        withExtendedLifetime(roots.parser) {
            for root in roots.nodes { refuseAnchors(in: root, depth: 1) }
        }
        if anchors > 0 { try throwAnchors() }
    }

    /// Stands for `*` in a text that is composed only to look for anchors.
    static let standIn = "\u{E000}"

    private mutating func refuseAnchors(in node: Yams.Node, depth: Int) {
        guard depth <= Self.depthMax + 1 else { return }
        if node.anchor != nil { addAnchor(node) }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                refuseAnchors(in: key, depth: depth + 1)
                refuseAnchors(in: value, depth: depth + 1)
            }
        case .sequence(let sequence):
            for element in sequence { refuseAnchors(in: element, depth: depth + 1) }
        case .scalar, .alias: break
        }
    }

    /// Only the first is shown: where there is one there are many, and all are mended in the same way.
    private mutating func addAnchor(_ node: Yams.Node) {
        anchors += 1
        let mark = node.mark.map(Mark.init) ?? .start
        if let firstAnchor, (firstAnchor.line, firstAnchor.column) <= (mark.line, mark.column) { return }
        firstAnchor = mark
    }

    private mutating func throwAnchors() throws(DiagnosticsError) {
        addAnchors()
        try list.throwIfErrors()
    }

    private mutating func addAnchors() {
        guard let mark = firstAnchor else { return }
        let more = anchors == 1 ? "" : " (the first of \(anchors))"
        list.add(
            source.diagnostic(
                at: mark, "an anchor: '&name' gives a value a name to repeat it by\(more)", fix: YAMLProblem.aliasFix))
    }

    private func tooManyNodes(at mark: Mark) -> Diagnostic {
        source.diagnostic(
            at: mark, "more than \(Self.nodesMax) keys and values", fix: "split the release into several pipelines")
    }

    // MARK: - Converting

    /// The node with what is not allowed in it reported; nil past a limit.
    private mutating func converted(_ node: Yams.Node, depth: Int) -> YAMLNode? {
        let mark = node.mark.map(Mark.init) ?? .start
        nodes += 1
        guard nodes <= Self.nodesMax else {
            if nodes == Self.nodesMax + 1 { list.add(tooManyNodes(at: mark)) }
            return nil
        }
        if node.anchor != nil { addAnchor(node) }
        let content: YAMLNode.Content
        switch node {
        case .scalar(let scalar):
            refuseTag(scalar.tag, isQuoted: scalar.style != .plain, at: mark)
            content = .scalar(scalar.string, isPlain: scalar.style == .plain)
        case .sequence(let sequence):
            refuseTag(sequence.tag, isQuoted: false, at: mark)
            guard isWithinDepth(depth, at: mark) else { return nil }
            content = .sequence(sequence.compactMap { converted($0, depth: depth + 1) })
        case .mapping(let mapping):
            refuseTag(mapping.tag, isQuoted: false, at: mark)
            guard isWithinDepth(depth, at: mark) else { return nil }
            content = .mapping(
                mapping.compactMap { (key, value) in
                    guard let key = convertedKey(key) else { return nil }
                    return converted(value, depth: depth + 1).map { YAMLEntry(key: key, value: $0) }
                })
        case .alias:
            return nil
        }
        return YAMLNode(line: Int32(clamping: mark.line), column: Int32(clamping: mark.column), content: content)
    }

    private mutating func isWithinDepth(_ depth: Int, at mark: Mark) -> Bool {
        if depth <= Self.depthMax { return true }
        if list.omits() { return false }
        list.add(
            source.diagnostic(
                at: mark, "nested more than \(Self.depthMax) levels deep",
                fix: "a pipeline needs six; remove the extra brackets"))
        return false
    }

    private mutating func refuseTag(_ tag: Tag, isQuoted: Bool, at mark: Mark) {
        let name = tag.rawValue
        if name.isEmpty || name == Tag.Name.nonSpecific.rawValue { return }
        if isQuoted, name == Tag.Name.str.rawValue { return }
        if list.omits() { return }
        list.add(
            source.diagnostic(
                at: mark, "a tag ('\(name)')", fix: "remove it: the key decides what its value is"))
    }

    private mutating func convertedKey(_ node: Yams.Node) -> YAMLKey? {
        let mark = node.mark.map(Mark.init) ?? .start
        guard case .scalar(let scalar) = node else {
            if list.omits() { return nil }
            list.add(
                source.diagnostic(
                    at: mark, "a list or mapping as a key", fix: "write a name, a colon, and the value after it"))
            return nil
        }
        nodes += 1
        if node.anchor != nil { addAnchor(node) }
        let text = scalar.string
        let meaning = scalar.style == .plain ? PlainText.meaning(of: text) : .text
        if meaning != .text {
            if list.omits() { return nil }
            let message = text.isEmpty ? "a key without a name" : "the key '\(text)' is \(meaning.noun) in YAML 1.1"
            list.add(
                source.diagnostic(
                    at: mark, width: text.unicodeScalars.count, message,
                    fix: text.isEmpty ? "write a name before the ':'" : "write \"\(text)\" in quotes, or another name"))
            return nil
        }
        return YAMLKey(text: text, line: Int32(clamping: mark.line), column: Int32(clamping: mark.column))
    }
}
