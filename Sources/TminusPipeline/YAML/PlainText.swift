/// What YAML readers (1.1 and 1.2) make of text without quotes.
///
/// Whatever any of them reads as something else than text has to stand in quotes where text is wanted: `1.10` is a
/// number, `no` a boolean, `2026-11-20` a date, and a person who writes a version does not mean any of these.
enum PlainText: Equatable {
    case text, number, boolean, null, date

    var noun: String {
        switch self {
        case .text: "text"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "nothing"
        case .date: "a date"
        }
    }

    static func meaning(of text: String) -> PlainText {
        guard let first = text.utf8.first else { return .null }
        // Nearly all text is told from its beginning; comparing it with each of these words took longer than parsing.
        if !isDigit(first), !beginnings.contains(first) { return .text }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
        case "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF": return .boolean
        default: break
        }
        let bytes = Array(text.utf8.prefix(65))
        guard bytes.count <= 64 else { return .text }
        let startsNumber = isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        guard startsNumber || first == UInt8(ascii: ".") else { return .text }
        if isDate(bytes) { return .date }
        return isNumber(bytes) ? .number : .text
    }

    /// Of what may be something else than text, beside digits.
    private static let beginnings = Set("~nNtTfFyYoO-+.".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count) else { return false }
        return parts[0].allSatisfy(isDigit) && parts[1].allSatisfy(isDigit) && parts[2].first.map(isDigit) == true
    }

    private static func isNumber(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let lower = String(decoding: rest, as: UTF8.self).lowercased()
        if lower == ".inf" || lower == ".nan" { return true }
        for (prefix, digits) in [("0x", "0123456789abcdef_"), ("0o", "01234567_"), ("0b", "01_")]
        where lower.hasPrefix(prefix) && lower.utf8.count > 2 {
            return lower.dropFirst(2).allSatisfy(digits.contains)
        }
        return isDecimal(rest) || isSexagesimal(rest)
    }

    /// `12`, `1_000`, `1.`, `.5`, `1.5e3`.
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var digits = 0
        var points = 0
        var rest = bytes
        while let byte = rest.first {
            if isDigit(byte) {
                digits += 1
            } else if byte == UInt8(ascii: ".") {
                points += 1
            } else if byte != 0x5F {
                break
            }
            rest = rest.dropFirst()
        }
        guard digits > 0, points <= 1 else { return false }
        guard let letter = rest.first else { return true }
        guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    /// `02:00` and `1:30:00` are numbers to base 60 in YAML 1.1.
    private static func isSexagesimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count > 1 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }
}
