import Yams

/// Turns what libyaml says into what a person can mend.
enum YAMLProblem {
    static func diagnostic(_ error: YamlError, _ source: SourceText) -> Diagnostic {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return explained(problem, context, Mark(mark), source)
        case .reader(let problem, _, _, _):
            return source.diagnostic(at: .start, "not YAML text: \(problem)", fix: "save the file as UTF-8 text")
        case .duplicatedKeysInMapping(let keys, let context):
            let name = (keys.first ?? "").replacing(YAMLReader.standIn, with: "*")
            return source.diagnostic(
                at: Mark(context.mark), width: name.unicodeScalars.count, "the key '\(name)' is written twice",
                fix: "keep one of the two")
        case .memory:
            return source.diagnostic(at: .start, "too large to read", fix: "split the file")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return source.diagnostic(at: .start, "not YAML text", fix: "save the file as UTF-8 text")
        }
    }

    /// What libyaml reports (part of its message), what that means here, and what to do. First match counts.
    private static let meanings: [(problem: String, message: String, fix: String)] = [
        (
            "mapping values are not allowed", "a ': ' where no key can stand",
            "put a text that holds ': ' in quotes, and check that this line is indented like its neighbours"
        ),
        (
            "could not find expected ':'", "a key without its ':'",
            "write 'key: value', and check that this line is indented like its neighbours"
        ),
        (
            "found a tab character", "a tab where YAML wants spaces",
            "indent with spaces"
        ),
        (
            "cannot start any token", "a character that cannot start a value",
            "put the text in quotes; indent with spaces, never tabs"
        ),
        (
            "did not find expected ',' or ']'", "the list that opens here is not closed, or lacks a ','",
            "separate its elements with ',' and close it with ']'"
        ),
        (
            "did not find expected ',' or '}'", "the mapping that opens here is not closed, or lacks a ','",
            "separate its entries with ',' and close it with '}'"
        ),
        ("unexpected end of stream", "a quote is opened here and never closed", "close it"),
        ("unexpected document indicator", "a quote is opened here and not closed before the document ends", "close it"),
        (
            "did not find expected key", "this line does not fit the lines above it",
            "indent it like the keys it belongs to; put a text with special characters in quotes"
        ),
        (
            "did not find expected '-' indicator", "this line does not fit the list above it",
            "start it with '- ' like the other elements, or indent it under one of them"
        ),
        (
            "block sequence entries are not allowed", "a '- ' where no list can stand",
            "start the list on a line of its own"
        ),
        (
            "found unknown escape character", "an unknown escape inside double quotes",
            "write \\\\ for a backslash, or use single quotes"
        ),
        ("found undefined alias", "an alias: '*name' stands for something written elsewhere", Self.aliasFix),
        ("did not find expected <document start>", "text after the end of the document", "remove it"),
        ("undefined tag handle", "a tag ('!name')", "remove it: the key decides what its value is"),
        (
            "Maximum nesting level", "nested more than \(YAMLReader.depthMax) levels deep",
            "a pipeline needs six; remove the extra brackets"
        ),
    ]

    static let aliasFix = "write the value out where it is used, or put the text in quotes"

    private static func explained(
        _ problem: String, _ context: YamlError.Context?, _ mark: Mark, _ source: SourceText
    ) -> Diagnostic {
        for meaning in meanings where problem.contains(meaning.problem) {
            guard meaning.message.contains(" opens here") || meaning.message.contains(" is opened here"), let context
            else { return source.diagnostic(at: mark, meaning.message, fix: meaning.fix) }
            let stop = "; reading stopped at \(mark.line):\(mark.column)"
            return source.diagnostic(at: Mark(context.mark), meaning.message + stop, fix: meaning.fix)
        }
        let detail = context.map { "\($0.text): \(problem)" } ?? problem
        return source.diagnostic(at: mark, "not YAML: \(detail)", fix: "put the text in quotes, or mend this line")
    }
}

extension Mark {
    init(_ mark: Yams.Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
