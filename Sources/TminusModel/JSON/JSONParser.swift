/// What was wrong with JSON text: the byte offset (from 0) and a sentence.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package let offset: Int
    package let reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "invalid JSON at byte \(offset): \(reason)" }
}

extension JSON {
    /// Reads one JSON value that fills `bytes`.
    ///
    /// Strict RFC 8259: no comments, no trailing commas, no lone surrogates, valid UTF-8, depth ≤ 64. Duplicate keys
    /// are refused, because readers disagree on which one counts. Integers that fit `Int64` stay integers.
    ///
    /// - Throws: `JSONError` with the offset of the first thing wrong.
    package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.parse()
    }

    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}

struct JSONParser {
    static let depthMax = 64

    let bytes: [UInt8]
    var offset = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parse() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        guard offset == bytes.count else { throw error("text after the value") }
        return value
    }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func error(_ reason: String) -> JSONError { JSONError(offset: offset, reason: reason) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        guard let byte = next else { throw error("the text ends where a value was expected") }
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw error("a value can't start here")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = Array("\(word)".utf8)
        guard bytes.count - offset >= expected.count, bytes[offset..<offset + expected.count].elementsEqual(expected)
        else { throw error("expected \(word)") }
        offset += expected.count
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= Self.depthMax else { throw error("nested deeper than \(Self.depthMax)") }
        offset += 1
        skipSpace()
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var members: [JSON.Member] = []
        var keys = MemberNames()
        if next == UInt8(ascii: "}") {
            offset += 1
            depth -= 1
            return .object([])
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a member name in quotes") }
            let key = try string()
            guard keys.insert(key) else { throw error("the member \"\(key)\" stands twice") }
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw error("expected : after a member name") }
            offset += 1
            members.append(JSON.Member(key, try value()))
            if try closes(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var values: [JSON] = []
        if next == UInt8(ascii: "]") {
            offset += 1
            depth -= 1
            return .array([])
        }
        while true {
            values.append(try value())
            if try closes(with: UInt8(ascii: "]")) { return .array(values) }
        }
    }

    private mutating func closes(with close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard let byte = next else { throw error("the text ends inside an array or object") }
        if byte == close {
            offset += 1
            depth -= 1
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw error("expected , or the closing bracket") }
        offset += 1
        return false
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = offset
        var isInteger = true
        if next == UInt8(ascii: "-") { offset += 1 }
        guard let first = next, first >= 0x30, first <= 0x39 else { throw error("expected a digit") }
        offset += 1
        if first != 0x30 { skipDigits() }
        if next == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            guard let digit = next, digit >= 0x30, digit <= 0x39 else { throw error("expected a digit after .") }
            skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            guard let digit = next, digit >= 0x30, digit <= 0x39 else { throw error("expected an exponent") }
            skipDigits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw error("the number is out of range") }
        return .double(double)
    }

    private mutating func skipDigits() {
        while let byte = next, byte >= 0x30, byte <= 0x39 { offset += 1 }
    }
}

/// The names an object has so far: few in nearly every object, many in a hostile one.
private struct MemberNames {
    private var few: [String] = []
    private var many: Set<String> = []

    /// False for a name that is there already.
    mutating func insert(_ name: String) -> Bool {
        if !many.isEmpty { return many.insert(name).inserted }
        if few.contains(name) { return false }
        few.append(name)
        if few.count > 16 { many = Set(few) }
        return true
    }
}
