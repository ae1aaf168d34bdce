import Yams

/// Finds both places of a key written twice. Yams names the key and its first place only.
enum DuplicateKeys {
    /// Different duplicates looked for in one file.
    private static let roundsMax = 5

    /// Nil when the error is another one. Renames the first of two keys in a copy of the text and composes again: the
    /// mapping that then holds the renamed key holds the second one too.
    ///
    /// `text` is what was composed: the source's own, or its copy without aliases, which alone is safe to compose
    /// again.
    static func diagnostics(_ error: YamlError, text: String, _ source: SourceText) -> [Diagnostic]? {
        guard case .duplicatedKeysInMapping = error else { return nil }
        var text = Array(text.unicodeScalars)
        let starts = lineStarts(text)
        var firsts: [(mark: Mark, name: String)] = []
        var next = error
        for round in 0..<roundsMax {
            guard case .duplicatedKeysInMapping(let names, let context) = next, let name = names.first else { break }
            let mark = Mark(context.mark)
            guard let position = renamed(&text, starts, mark, round), position < text.count else {
                return [YAMLProblem.diagnostic(next, source)]
            }
            firsts.append((mark, name))
            do {
                var copy = String.UnicodeScalarView()
                copy.append(contentsOf: text)
                let parser = try Parser(yaml: String(copy), resolver: .basic, encoding: .utf8)
                var found: [Diagnostic] = []
                while let root = try parser.nextRoot() { seek(firsts, in: root, source, &found) }
                return found.isEmpty ? [YAMLProblem.diagnostic(error, source)] : found
            } catch let another as YamlError {
                next = another
            } catch {
                break
            }
        }
        return [YAMLProblem.diagnostic(error, source)]
    }

    /// Scalar offsets at which lines start.
    private static func lineStarts(_ text: [Unicode.Scalar]) -> [Int] {
        var starts = [0]
        for (offset, scalar) in text.enumerated() {
            switch scalar {
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": starts.append(offset + 1)
            case "\r": if offset + 1 >= text.count || text[offset + 1] != "\n" { starts.append(offset + 1) }
            default: break
            }
        }
        return starts
    }

    /// Replaces the first character of the key at `mark` (inside its quotes) by one that no text has.
    private static func renamed(
        _ text: inout [Unicode.Scalar], _ starts: [Int], _ mark: Mark, _ round: Int
    ) -> Int? {
        guard mark.line >= 1, mark.line <= starts.count else { return nil }
        var position = starts[mark.line - 1] + mark.column - 1
        guard position < text.count else { return nil }
        if text[position] == "\"" || text[position] == "'" { position += 1 }
        guard position < text.count, text[position] != "\"", text[position] != "'" else { return nil }
        guard let stranger = Unicode.Scalar(0xE001 + UInt32(round)) else { return nil }
        text[position] = stranger
        return position
    }

    private static func seek(
        _ firsts: [(mark: Mark, name: String)], in node: Yams.Node, _ source: SourceText, _ found: inout [Diagnostic]
    ) {
        switch node {
        case .scalar, .alias: break
        case .sequence(let sequence):
            for element in sequence { seek(firsts, in: element, source, &found) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                if let first = firsts.first(where: { $0.mark == key.mark.map(Mark.init) }) {
                    for (other, _) in mapping where other.scalar?.string == first.name {
                        guard let mark = other.mark.map(Mark.init) else { continue }
                        if found.contains(where: { $0.line == mark.line && $0.column == mark.column }) { continue }
                        found.append(twice(first.name, first.mark, mark, source))
                    }
                }
                seek(firsts, in: value, source, &found)
            }
        }
    }

    private static func twice(_ name: String, _ first: Mark, _ second: Mark, _ source: SourceText) -> Diagnostic {
        let shown = name.replacing(YAMLReader.standIn, with: "*")
        return source.diagnostic(
            at: second, width: source.width(at: second, plainLength: name.unicodeScalars.count),
            "the key '\(shown)' is written twice; first at \(first.line):\(first.column)", fix: "keep one of the two")
    }
}
