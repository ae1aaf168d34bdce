import TminusModel

/// The reference page of pipeline keys, written from the decoder's own tables: docs/reference/pipeline-keys.md.
package enum KeyReference {
    package static var markdown: String {
        var page = Page()
        page.add(.pipeline, title: "The pipeline")
        return """
            # Pipeline keys

            Written from the tables that the loader itself checks against, so it cannot disagree with them
            (`RECORD_SNAPSHOTS=1 swift test --filter KeyReferenceTests` writes it anew).
            [Writing a pipeline](../guides/writing-a-pipeline.md) explains how they work together;
            `pipelines/steps.yaml` shows every one of them.

            Any other key is an error. Durations are whole numbers with `ms`, `s`, `m`, `h`, `d` or `w`, the larger
            first: `90s`, `1h30m`; at most ten years. Ratios are `99.9%` or `0.999`, with at most nine decimals. Text
            that YAML reads as something else (`1.10`, `no`, `02:00`, `2026-11-20`) stands in quotes.

            \(page.text)
            """
    }
}

extension KeyReference {
    /// A section for a table, then those of the tables in it: for the reference page of another file.
    package static func sections(_ table: KeyTable, title: String) -> String {
        var page = Page()
        page.add(table, title: title)
        return page.text
    }
}

private struct Page {
    private var sections: [String] = []
    private var known: [String] = []

    var text: String { sections.joined(separator: "\n\n") }

    /// The section of a table, then those of the tables in it that have none yet.
    mutating func add(_ table: KeyTable, title: String) {
        guard !known.contains(table.schemaName) else { return }
        known.append(table.schemaName)
        var lines = ["## \(title)", ""]
        for group in table.exactlyOne {
            lines += ["Exactly one of \(listed(group.map { "`\($0)`" })).", ""]
        }
        for pair in table.together {
            lines += ["`\(pair.key)` goes with \(listed(pair.needs.map { "`\($0)`" })).", ""]
        }
        lines += ["| Key | Value | Example | |", "| --- | --- | --- | --- |"]
        var inner: [KeyTable] = []
        for key in table.keys {
            if case .unsupported = key.shape { continue }
            let required = key.isRequired ? " **Required.**" : ""
            let example = key.example.isEmpty || key.example == "{}" ? "" : "`\(key.example)`"
            let cells = ["`\(key.name)`", Self.value(key.shape), example, key.says + required]
            lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
            inner += Self.tables(in: key.shape)
        }
        if let others = table.others {
            lines.append("| `T-1`, `T-0`, `T+1` … | \(Self.value(others.shape)) | | Phases, in the order they run. |")
            inner += Self.tables(in: others.shape)
        }
        sections.append(lines.joined(separator: "\n"))
        for table in inner { add(table, title: table.schemaName.replacing("-", with: " ").capitalizedFirst) }
    }

    private static func tables(in shape: Shape) -> [KeyTable] {
        switch shape {
        case .keys(let table): [table]
        case .list(let element, _): tables(in: element)
        case .named(_, let inner, _, _): tables(in: inner)
        case .written(let value, let list, let mapping):
            [value, list, mapping].compactMap { $0 }.flatMap { tables(in: $0) }
        case .word(_, let shape): tables(in: shape)
        case .text, .integer, .boolean, .duration, .ratio, .choice, .unsupported: []
        }
    }

    private static func value(_ shape: Shape) -> String {
        switch shape {
        case .text(let rule): rule.noun
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration: "duration"
        case .ratio(let from, let to): "ratio, \(from) to \(to)"
        case .choice(let words): listed(words.map { "`\($0)`" })
        case .list(let element, _): "list of: \(value(element))"
        case .keys(let table): "[\(table.noun)](#\(table.schemaName))"
        case .named(_, let inner, let noun, _): "\(noun) names to: \(value(inner))"
        case .written(let one, let list, let mapping):
            [one, list, mapping].compactMap { $0.map(value) }.joined(separator: "; or ")
        case .word(let word, let shape): "`\(word)`; or \(value(shape))"
        case .unsupported: ""
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String {
        for word in ["http", "slo"] where hasPrefix(word) { return word.uppercased() + dropFirst(word.count) }
        return prefix(1).uppercased() + dropFirst()
    }
}
