/// SQL cut into statements and words, as far as is needed to see what a file does. Pure and total.
///
/// Comments and the insides of literals are skipped; a trigger's body belongs to its statement.
struct SQLText {
    struct Word: Equatable {
        /// Upper case; a quoted name keeps its case and stands in quotes.
        var text: String
        /// From 1.
        var line: Int
    }

    /// Never empty.
    typealias Statement = [Word]

    private(set) var statements: [Statement] = []

    init(_ text: String) {
        var scanner = SQLScanner(bytes: Array(text.utf8))
        var statement: Statement = []
        var afterSemicolon = false
        while let word = scanner.next() {
            guard word.text == ";" else {
                statement.append(word)
                continue
            }
            // A trigger ends where SQLite says it does: at END right before a semicolon and after one.
            let isTrigger = Self.createsTrigger(statement)
            let ends = !isTrigger || (afterSemicolon && statement.last?.text == "END")
            afterSemicolon = isTrigger
            if ends {
                if !statement.isEmpty { statements.append(statement) }
                statement = []
                afterSemicolon = false
            } else {
                statement.append(word)
            }
        }
        if !statement.isEmpty { statements.append(statement) }
    }

    private static func createsTrigger(_ statement: Statement) -> Bool {
        let words = statement.prefix(3).map(\.text)
        guard words.first == "CREATE", words.count > 1 else { return false }
        return words[1] == "TRIGGER" || (["TEMP", "TEMPORARY"].contains(words[1]) && words.last == "TRIGGER")
    }
}

private struct SQLScanner {
    let bytes: [UInt8]
    private var offset = 0
    private var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    private var following: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

    private mutating func advance() {
        if current == 0x0A { line += 1 }
        offset += 1
    }

    /// The next word, quoted name or literal, or single character; nil at the end.
    mutating func next() -> SQLText.Word? {
        skipSpaceAndComments()
        guard let byte = current else { return nil }
        let start = line
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            return SQLText.Word(text: quoted(until: byte), line: start)
        case UInt8(ascii: "["): return SQLText.Word(text: quoted(until: UInt8(ascii: "]")), line: start)
        default: break
        }
        let from = offset
        while let byte = current, Self.isWord(byte) { advance() }
        if offset == from { advance() }
        return SQLText.Word(text: String(decoding: bytes[from..<offset], as: UTF8.self).uppercased(), line: start)
    }

    private mutating func skipSpaceAndComments() {
        while let byte = current {
            if [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) {
                advance()
            } else if byte == UInt8(ascii: "-"), following == byte {
                while let byte = current, byte != 0x0A { advance() }
            } else if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") {
                advance()
                advance()
                while current != nil, !(current == UInt8(ascii: "*") && following == UInt8(ascii: "/")) { advance() }
                advance()
                advance()
            } else {
                return
            }
        }
    }

    /// A doubled quote stands for itself.
    private mutating func quoted(until quote: UInt8) -> String {
        let from = offset
        advance()
        while let byte = current {
            advance()
            guard byte == quote else { continue }
            guard current == quote, quote != UInt8(ascii: "]") else { break }
            advance()
        }
        return String(decoding: bytes[from..<min(offset, bytes.count)], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
            true
        default: false
        }
    }
}
