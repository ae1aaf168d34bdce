/// Where a function begins, and how many lines it has with its signature and its closing brace.
struct FunctionSpan: Equatable {
    /// From 1.
    var line: Int
    var lineCount: Int
}

/// Finds functions, initialisers, subscripts and computed properties in code whose strings and comments are blank.
struct FunctionScanner {
    private let code: [UInt8]
    private let lineOf: [Int]

    private init(_ code: [UInt8]) {
        self.code = code
        var line = 1
        lineOf = code.map { byte in
            defer { if byte == "\n" { line += 1 } }
            return line
        }
    }

    static func swiftFunctions(in code: [UInt8]) -> [FunctionSpan] {
        FunctionScanner(code).swiftFunctions()
    }

    /// A block at the top level with a parenthesis before it is a function, unless it is a value (`=`).
    static func cFunctions(in code: [UInt8]) -> [FunctionSpan] {
        FunctionScanner(code).cFunctions()
    }

    private func swiftFunctions() -> [FunctionSpan] {
        var spans: [FunctionSpan] = []
        var at = 0
        while at < code.count {
            guard isLetter(code[at]) else {
                at += 1
                continue
            }
            let end = wordEnd(from: at)
            if at == 0 || code[at - 1] != ".", let open = body(of: word(at, end), after: end) {
                spans.append(span(from: at, open: open))
            }
            at = end
        }
        return spans
    }

    private func cFunctions() -> [FunctionSpan] {
        var spans: [FunctionSpan] = []
        var at = 0
        var start = 0
        while at < code.count {
            switch code[at] {
            case ";": start = at + 1
            case "{":
                let head = code[start..<at]
                let close = closing(at)
                if head.contains("("), !head.contains("=") {
                    let first = head.firstIndex { !isSpace($0) } ?? at
                    spans.append(span(from: first, open: at))
                }
                at = close
                start = close + 1
            default: break
            }
            at += 1
        }
        return spans
    }

    private func span(from start: Int, open: Int) -> FunctionSpan {
        FunctionSpan(line: lineOf[start], lineCount: lineOf[closing(open)] - lineOf[start] + 1)
    }

    /// The brace that closes the one at `open`; the last byte when none does.
    private func closing(_ open: Int) -> Int {
        var depth = 0
        for at in open..<code.count {
            if code[at] == "{" { depth += 1 }
            if code[at] == "}" {
                depth -= 1
                if depth == 0 { return at }
            }
        }
        return code.count - 1
    }

    /// Where the body of a declaration opens; nil when the word declares nothing, or something without a body.
    private func body(of word: String, after end: Int) -> Int? {
        let next = end < code.count ? code[end] : 0
        switch word {
        case "func", "deinit": return bodyOfFunction(after: end)
        case "subscript": return next == "(" || next == "<" ? bodyOfFunction(after: end) : nil
        case "init": return ["(", "?", "!", "<"].contains(next) ? bodyOfFunction(after: end) : nil
        case "var": return bodyOfProperty(after: end)
        default: return nil
        }
    }

    private func bodyOfFunction(after start: Int) -> Int? {
        var depth = 0
        for at in start..<code.count {
            switch code[at] {
            case "(", "[": depth += 1
            case ")", "]":
                depth -= 1
                if depth < 0 { return nil }
            case "{" where depth == 0: return at
            case "}" where depth == 0, ";" where depth == 0: return nil
            case "\n" where depth == 0: if beginsDeclaration(after: at) { return nil }
            default: break
            }
        }
        return nil
    }

    private func bodyOfProperty(after start: Int) -> Int? {
        for at in start..<code.count {
            switch code[at] {
            case "{": return at
            case "=", "\n", "}", ",", ")": return nil
            default: break
            }
        }
        return nil
    }

    /// Whether the line after the break at `newline` is empty or begins something else than a signature's next part.
    private func beginsDeclaration(after newline: Int) -> Bool {
        var at = newline + 1
        while at < code.count, code[at] == " " { at += 1 }
        guard at < code.count else { return true }
        if ["\n", "}", "@", "#"].contains(code[at]) { return true }
        return Self.beginnings.contains(word(at, wordEnd(from: at)))
    }

    private static let beginnings: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "static", "class", "struct", "enum", "protocol",
        "extension", "package", "public", "internal", "private", "fileprivate", "mutating", "nonmutating", "final",
        "associatedtype", "typealias", "indirect", "override", "nonisolated", "isolated", "actor", "lazy", "weak",
    ]

    private func word(_ start: Int, _ end: Int) -> String {
        String(decoding: code[start..<end], as: UTF8.self)
    }

    private func wordEnd(from start: Int) -> Int {
        var at = start
        while at < code.count, isLetter(code[at]) { at += 1 }
        return at
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == " " || byte == "\n" }
}

/// A function fits a screen.
enum FunctionRules {
    static let linesMax = 70

    static func longFunctions(_ file: SourceFile) -> [Finding] {
        let spans: [FunctionSpan] =
            switch file.kind {
            case .swift: FunctionScanner.swiftFunctions(in: file.codeBytes)
            case .c: FunctionScanner.cFunctions(in: file.codeBytes)
            case .markdown, .other: []
            }
        return spans.filter { $0.lineCount > linesMax }.map {
            Finding(
                path: file.path, line: $0.line,
                message: "a function of \($0.lineCount) lines, at most \(linesMax): give its parts names")
        }
    }
}
