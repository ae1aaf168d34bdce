/// Turns the insides of comments and strings into spaces, so that rules look at code alone.
///
/// The result has as many bytes and the same line breaks as the text. Code inside a Swift string's interpolation stays.
/// It understands what our sources use: line and nested block comments, plain, raw and multi-line strings, and C's
/// character constants; not regular expression literals with a quote inside.
struct CodeScanner {
    enum Language { case swift, c }

    private var bytes: [UInt8]
    private var at = 0
    private let language: Language

    private init(_ text: String, _ language: Language) {
        bytes = Array(text.utf8)
        self.language = language
    }

    static func code(of text: String, language: Language = .swift) -> [UInt8] {
        var scanner = CodeScanner(text, language)
        scanner.passCode(isInterpolation: false)
        return scanner.bytes
    }

    /// Passes code up to the end, or up to the parenthesis that ends an interpolation.
    private mutating func passCode(isInterpolation: Bool) {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case "/" where peek(1) == "/": blankLine()
            case "/" where peek(1) == "*": blankBlock()
            case "\"": passString(hashes: 0)
            case "#" where language == .swift: passHashes()
            case "'" where language == .c: passCharacter()
            case "(":
                depth += 1
                at += 1
            case ")":
                if isInterpolation, depth == 0 { return }
                depth -= 1
                at += 1
            default: at += 1
            }
        }
    }

    private func peek(_ offset: Int) -> UInt8 {
        at + offset < bytes.count ? bytes[at + offset] : 0
    }

    private mutating func blank() {
        if bytes[at] != "\n" { bytes[at] = " " }
        at += 1
    }

    private mutating func blankLine() {
        while at < bytes.count, bytes[at] != "\n" { blank() }
    }

    private mutating func blankBlock() {
        var depth = 0
        while at < bytes.count {
            if bytes[at] == "/", peek(1) == "*", depth == 0 || language == .swift {
                depth += 1
                blank()
            } else if bytes[at] == "*", peek(1) == "/" {
                depth -= 1
                blank()
            }
            blank()
            if depth == 0 { return }
        }
    }

    private mutating func passCharacter() {
        at += 1
        while at < bytes.count, bytes[at] != "'", bytes[at] != "\n" {
            if bytes[at] == "\\" { blank() }
            if at < bytes.count { blank() }
        }
        at += 1
    }

    /// Either the hashes of a raw string, or those of `#expect` and its like.
    private mutating func passHashes() {
        var hashes = 0
        while peek(0) == "#" {
            hashes += 1
            at += 1
        }
        if peek(0) == "\"" { passString(hashes: hashes) }
    }

    private func isAhead(_ byte: UInt8, count: Int, from offset: Int) -> Bool {
        (0..<count).allSatisfy { peek(offset + $0) == byte }
    }

    private mutating func passString(hashes: Int) {
        let quotes = language == .swift && isAhead("\"", count: 3, from: 0) ? 3 : 1
        at += quotes
        while at < bytes.count {
            if isAhead("\"", count: quotes, from: 0), isAhead("#", count: hashes, from: quotes) {
                at += quotes + hashes
                return
            }
            if bytes[at] == "\n", quotes == 1 { return }
            if bytes[at] == "\\", isAhead("#", count: hashes, from: 1) {
                passEscape(hashes: hashes)
            } else {
                blank()
            }
        }
    }

    private mutating func passEscape(hashes: Int) {
        let isInterpolation = language == .swift && peek(1 + hashes) == "("
        for _ in 0...(1 + hashes) where at < bytes.count { blank() }
        if isInterpolation {
            passCode(isInterpolation: true)
            if at < bytes.count { blank() }
        }
    }
}

extension UInt8: @retroactive ExpressibleByUnicodeScalarLiteral {
    /// ASCII only.
    public init(unicodeScalarLiteral value: Unicode.Scalar) {
        self.init(ascii: value)
    }
}
