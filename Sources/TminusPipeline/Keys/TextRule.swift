/// What a text may look like. The decoder's check and the schema's pattern come from the same value.
package struct TextRule: Sendable {
    package enum Form: Sendable {
        /// Any text without control characters; with `lines`, tabs and line breaks too.
        case free(lines: Bool)
        /// `first` then `rest`, after an optional prefix; both are written like a character class: `a-z0-9-`.
        case word(prefixes: [String], first: String, rest: String)
        /// `http://host…` or `https://host…`.
        case url
        /// `HH:MM`, up to `24:00`.
        case clock
        /// A path that is not empty.
        case path
    }

    /// With its article: `a name`.
    let noun: String
    let form: Form
    /// Bytes, and not empty unless `isEmptyAllowed`.
    let sizeMax: Int
    let isEmptyAllowed: Bool
    /// Whether plain numbers and booleans count as text, taken as they are written.
    let isNumberAllowed: Bool
    /// Shown in fixes.
    let example: String

    package init(
        _ noun: String, _ form: Form, sizeMax: Int, isEmptyAllowed: Bool = false, isNumberAllowed: Bool = false,
        example: String
    ) {
        self.noun = noun
        self.form = form
        self.sizeMax = sizeMax
        self.isEmptyAllowed = isEmptyAllowed
        self.isNumberAllowed = isNumberAllowed
        self.example = example
    }

    /// What is wrong with `text`, as the end of a sentence, and at which scalar; nil when nothing is.
    package func fault(in text: String) -> (offset: Int, message: String)? {
        if text.isEmpty { return isEmptyAllowed ? nil : (0, "must not be empty") }
        if text.utf8.count > sizeMax { return (0, "is longer than \(sizeMax) bytes") }
        switch form {
        case .free(let lines): return Self.freeFault(text, lines: lines)
        case .path: return Self.freeFault(text, lines: false)
        case .word(let prefixes, let first, let rest): return wordFault(text, prefixes, first, rest)
        case .url: return Self.isURL(text) ? nil : (0, "is not an http:// or https:// address")
        case .clock: return Self.minute(text) == nil ? (0, "is not a time of day from 00:00 to 24:00") : nil
        }
    }

    private static func freeFault(_ text: String, lines: Bool) -> (offset: Int, message: String)? {
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            let isBreak = scalar == "\n" || scalar == "\t" || scalar == "\r"
            guard scalar.value < 0x20 || scalar.value == 0x7F, !(lines && isBreak) else { continue }
            return (offset, "holds the control character \(Diagnostic.escape(scalar))")
        }
        return nil
    }

    private func wordFault(
        _ text: String, _ prefixes: [String], _ first: String, _ rest: String
    ) -> (offset: Int, message: String)? {
        let prefix = prefixes.first { text.hasPrefix($0) } ?? ""
        let scalars = Array(text.unicodeScalars.dropFirst(prefix.unicodeScalars.count))
        let offset = prefix.unicodeScalars.count
        guard let head = scalars.first else { return (0, "must not be empty") }
        if !Self.is(head, in: first) { return (offset, "starts with \(Self.quoted(head))") }
        for (position, scalar) in scalars.enumerated() where position > 0 && !Self.is(scalar, in: rest) {
            return (offset + position, "holds \(Self.quoted(scalar))")
        }
        return nil
    }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        Diagnostic.isUnshowable(scalar) ? Diagnostic.escape(scalar) : "'\(scalar)'"
    }

    /// Whether `scalar` is in a character class such as `a-z0-9._-`.
    static func `is`(_ scalar: Unicode.Scalar, in set: String) -> Bool {
        let members = Array(set.unicodeScalars)
        var position = 0
        while position < members.count {
            if position + 2 < members.count, members[position + 1] == "-" {
                if members[position] <= scalar, scalar <= members[position + 2] { return true }
                position += 3
            } else {
                if members[position] == scalar { return true }
                position += 1
            }
        }
        return false
    }

    package static func isURL(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let rest = text.unicodeScalars.dropFirst(scheme.count)
            guard let head = rest.first, head != "/", head != "?", head != "#", head != ":" else { return false }
            return rest.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != "<" && $0 != ">" }
        }
        return false
    }

    /// Minutes after midnight of `HH:MM`, 0...1440; nil for anything else.
    static func minute(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let hour = digits[0] * 10 + digits[1]
        let minute = digits[2] * 10 + digits[3]
        guard minute < 60, hour < 24 || hour == 24 && minute == 0 else { return nil }
        return hour * 60 + minute
    }

    /// A regular expression (ECMA 262) for the schema; nil where only the length matters.
    var pattern: String? {
        switch form {
        case .free, .path: nil
        case .word(let prefixes, let first, let rest):
            "^" + (prefixes.isEmpty ? "" : "(" + prefixes.joined(separator: "|") + ")?")
                + "[\(first)][\(rest)]{0,\(sizeMax - 1)}$"
        case .url: "^https?://[^/?#:\\s][^\\s\"<>]*$"
        case .clock: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
        }
    }
}

extension TextRule {
    private static let lower = "a-z0-9"

    /// The name of a pipeline, step, input, rule …
    package static func name(_ noun: String, example: String) -> TextRule {
        TextRule(noun, .word(prefixes: [], first: lower, rest: "a-z0-9-"), sizeMax: 63, example: example)
    }
    package static let sentence = TextRule("a text", .free(lines: false), sizeMax: 1_000, example: "\"why\"")
    static let lines = TextRule("a text", .free(lines: true), sizeMax: 64 << 10, example: "\"text\"")
    static let argument = TextRule(
        "an argument", .free(lines: true), sizeMax: 64 << 10, isEmptyAllowed: true, isNumberAllowed: true,
        example: "./scripts/deploy")
    static let value = TextRule(
        "a value", .free(lines: true), sizeMax: 32 << 10, isEmptyAllowed: true, isNumberAllowed: true,
        example: "\"value\"")
    package static let path = TextRule("a path", .path, sizeMax: 4_096, example: "./file")
    package static let url = TextRule("an address", .url, sizeMax: 4_096, example: "http://127.0.0.1:8080/health")
    static let clock = TextRule("a time of day", .clock, sizeMax: 5, example: "\"02:00\"")
    static let variable = TextRule(
        "a variable", .word(prefixes: [], first: "A-Za-z_", rest: "A-Za-z0-9_"), sizeMax: 128, example: "MODE")
    static let header = TextRule(
        "a header", .word(prefixes: [], first: "A-Za-z0-9", rest: "A-Za-z0-9_-"), sizeMax: 128, example: "Accept")
    static let metric = TextRule(
        "a metric", .word(prefixes: [], first: "a-zA-Z_:", rest: "a-zA-Z0-9_:"), sizeMax: 256,
        example: "http_requests_total")
    static let label = TextRule(
        "a label", .word(prefixes: [], first: "a-zA-Z_", rest: "a-zA-Z0-9_"), sizeMax: 256, example: "code")
    package static let approver = TextRule(
        "an account name or group:NAME",
        .word(prefixes: ["group:"], first: "A-Za-z0-9_", rest: "A-Za-z0-9_.@-"), sizeMax: 70, example: "group:release")
    static let phase = TextRule("a phase", .word(prefixes: [], first: "T", rest: "0-9+-"), sizeMax: 5, example: "T-0")
    static let tag = TextRule(
        "a tag", .word(prefixes: [], first: "A-Za-z0-9", rest: "A-Za-z0-9._+-"), sizeMax: 128, example: "v1.2.0")
    static let version = TextRule(
        "a version", .word(prefixes: [], first: "A-Za-z0-9", rest: "A-Za-z0-9._+-"), sizeMax: 128, example: "v1.2.0")
}
