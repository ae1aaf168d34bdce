import TminusModel
import TminusPorts

/// SQL whose parameters have names, turned into what a database takes: numbered ones. Nothing else of the text changes.
///
/// Names inside strings, quoted identifiers and comments are no parameters, nor is PostgreSQL's `::` cast.
struct NamedSQL: Equatable {
    enum Dialect: Sendable { case sqlite, postgres }

    /// With `?1` (SQLite) or `$1` (PostgreSQL) in place of the names.
    private(set) var text = ""
    /// The names in the order of their numbers, each once.
    private(set) var names: [String] = []

    /// - Throws: `.refused` for a name that is none of `known`, and for parameters of another kind.
    init(_ sql: String, _ dialect: Dialect, known: [String]) throws(MetricError) {
        var scanner = SQLScanner(sql, dialect)
        var result: [UInt8] = []
        while let piece = scanner.next() {
            switch piece {
            case .text(let bytes): result += bytes
            case .foreign(let mark):
                throw MetricError(
                    .refused, "the SQL holds \(mark.sentence(limit: 40)); its parameters are \(Self.list(known))")
            case .parameter(let name):
                guard known.contains(name) else {
                    throw MetricError(
                        .refused, "the SQL has no parameter :\(name.sentence(limit: 40)); there are \(Self.list(known))"
                    )
                }
                if !names.contains(name) { names.append(name) }
                let number = (names.firstIndex(of: name) ?? 0) + 1
                result += Array("\(dialect == .sqlite ? "?" : "$")\(number)".utf8)
            }
        }
        text = String(decoding: result, as: UTF8.self)
    }

    private static func list(_ names: [String]) -> String { names.map { ":\($0)" }.joined(separator: ", ") }
}

/// Cuts SQL into parameters and the text between them. Total: any text gives pieces.
struct SQLScanner {
    enum Piece: Equatable {
        case text([UInt8])
        case parameter(String)
        /// `?`, `$1`, `@name`: parameters of another kind.
        case foreign(String)
    }

    private let bytes: [UInt8]
    private let dialect: NamedSQL.Dialect
    private var offset = 0

    init(_ sql: String, _ dialect: NamedSQL.Dialect) {
        bytes = Array(sql.utf8)
        self.dialect = dialect
    }

    private func byte(_ distance: Int = 0) -> UInt8? {
        let place = offset + distance
        return place >= 0 && place < bytes.count ? bytes[place] : nil
    }

    mutating func next() -> Piece? {
        guard let first = byte() else { return nil }
        let start = offset
        switch first {
        case UInt8(ascii: "'"): skipQuoted(first, escapes: isEscapeString)
        case UInt8(ascii: "\""): skipQuoted(first, escapes: false)
        case UInt8(ascii: "`") where dialect == .sqlite: skipQuoted(first, escapes: false)
        case UInt8(ascii: "[") where dialect == .sqlite: skip(until: UInt8(ascii: "]"))
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): skip(until: 0x0A)
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "$") where dialect == .postgres && !isWordBefore: if let piece = dollar() { return piece }
        case UInt8(ascii: ":") where byte(1) == UInt8(ascii: ":"): offset += 2
        case UInt8(ascii: ":") where byte(1).map(Self.isLetter) ?? false:
            offset += 1
            return .parameter(word())
        case UInt8(ascii: "?") where dialect == .sqlite,
            UInt8(ascii: "@") where dialect == .sqlite, UInt8(ascii: "$") where dialect == .sqlite:
            offset += 1
            return .foreign(String(decoding: [first], as: UTF8.self) + word())
        default: offset += 1
        }
        return .text(Array(bytes[start..<offset]))
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) || byte >= 0x80 }

    private var isWordBefore: Bool { byte(-1).map(Self.isWord) ?? false }

    /// `E'…'`, in which a backslash escapes.
    private var isEscapeString: Bool {
        guard dialect == .postgres, let before = byte(-1), before == 0x45 || before == 0x65 else { return false }
        return !(byte(-2).map(Self.isWord) ?? false)
    }

    private mutating func word() -> String {
        let start = offset
        while let next = byte(), Self.isWord(next) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// A doubled quote is read as two strings, which comes to the same.
    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        offset += 1
        while let next = byte() {
            offset += escapes && next == UInt8(ascii: "\\") ? 2 : 1
            if next == quote {
                // `E'it''s'` goes on as an escape string.
                guard escapes, byte() == quote else { return }
                offset += 1
            }
        }
        offset = min(offset, bytes.count)
    }

    private mutating func skip(until end: UInt8) {
        while let next = byte() {
            offset += 1
            if next == end { return }
        }
    }

    /// PostgreSQL's comments nest, SQLite's do not.
    private mutating func skipComment() {
        offset += 2
        var depth = 1
        while depth > 0, let next = byte() {
            if next == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                offset += 2
            } else if dialect == .postgres, next == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                offset += 2
            } else {
                offset += 1
            }
        }
    }

    /// `$tag$ … $tag$`, or a numbered parameter; nil for a dollar that is neither, which is passed over.
    private mutating func dollar() -> Piece? {
        let start = offset
        offset += 1
        if let next = byte(), (0x30...0x39).contains(next) { return .foreign("$" + word()) }
        _ = word()
        guard byte() == UInt8(ascii: "$") else { return .text(Array(bytes[start..<offset])) }
        offset += 1
        let tag = Array(bytes[start..<offset])
        while offset < bytes.count {
            if bytes[offset...].starts(with: tag) {
                offset += tag.count
                break
            }
            offset += 1
        }
        return .text(Array(bytes[start..<offset]))
    }
}
