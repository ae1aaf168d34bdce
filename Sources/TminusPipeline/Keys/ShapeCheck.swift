import TminusModel

/// Checks a document against a shape: unknown, missing and doubled keys, wrong types, bounds. What passes can be
/// decoded without another look at types.
package struct ShapeCheck {
    let source: SourceText
    package private(set) var list = DiagnosticList()
    private var path: [Component] = []

    /// Where in the document: joined from the inside out, up to the nearest thing with a name of its own.
    private enum Component {
        case key(String)
        case named(noun: String, name: String)
        case element(Int)
    }

    package init(source: SourceText, list: DiagnosticList = DiagnosticList()) {
        self.source = source
        self.list = list
    }

    /// `subject` names the whole: `the pipeline`.
    package mutating func check(_ node: YAMLNode, _ table: KeyTable, subject: String) {
        self.subject = subject
        check(node, .keys(table))
    }

    private var subject = "the pipeline"
    /// Of the keys on the path, innermost last.
    private var examples: [String] = []

    private var here: String {
        var words: [String] = []
        for component in path.reversed() {
            switch component {
            case .key(let name): if words.count < 3 { words.append("'\(name)'") }
            case .element(let index): if words.count < 3 { words.append("element \(index + 1)") }
            case .named(let noun, let name):
                words.append("\(noun) '\(name)'")
                return words.joined(separator: " of ")
            }
        }
        return words.isEmpty ? subject : words.joined(separator: " of ")
    }

    private mutating func add(
        _ node: YAMLNode, _ message: String, fix: String, offset: Int = 0
    ) {
        if list.omits() { return }
        let mark = Mark(line: Int(node.line), column: Int(node.column) + offset)
        let width = offset > 0 ? 1 : source.width(at: mark, plainLength: node.text.unicodeScalars.count)
        list.add(source.diagnostic(at: mark, width: width, message, fix: fix))
    }

    private mutating func add(_ key: YAMLKey, _ message: String, fix: String) {
        if list.omits() { return }
        let width = source.width(at: key.mark, plainLength: key.text.unicodeScalars.count)
        list.add(source.diagnostic(at: key.mark, width: width, message, fix: fix))
    }

    // MARK: - Shapes

    /// Whether the value at hand may be a secret that somebody wrote where its place belongs: then it is not repeated.
    private var isHidden = false

    private mutating func check(_ node: YAMLNode, _ shape: Shape) {
        let wasHidden = isHidden
        isHidden = shape.namesASecret
        defer { isHidden = wasHidden }
        switch shape {
        case .text(let rule): checkText(node, rule)
        case .integer(let range): checkInteger(node, range)
        case .boolean: checkBoolean(node)
        case .duration(let range): checkDuration(node, range)
        case .ratio(let from, let to): checkRatio(node, from, to)
        case .choice(let words): checkChoice(node, words)
        case .list(let element, let count): checkList(node, element, count)
        case .keys(let table): checkKeys(node, table)
        case .named(let rule, let shape, let noun, let count): checkNamed(node, rule, shape, noun, count)
        case .written(let value, let list, let mapping): checkWritten(node, value, list, mapping)
        case .word(let word, let shape): if node.text != word { check(node, shape) }
        case .unsupported: break
        }
    }

    private mutating func checkWritten(_ node: YAMLNode, _ value: Shape?, _ list: Shape?, _ mapping: Shape?) {
        let chosen: Shape? =
            switch node.content {
            case .scalar: value
            case .sequence: list
            case .mapping: mapping
            }
        if let chosen { return check(node, chosen) }
        let wanted = [value?.wanted, list?.wanted, mapping?.wanted].compactMap { $0 }.joined(separator: ", or ")
        addWrongType(node, wanted: wanted, example: nil)
    }

    private mutating func addWrongType(_ node: YAMLNode, wanted: String, example: String?) {
        let found =
            switch node.content {
            case .scalar where isHidden: "the secret itself"
            case .scalar(let text, let isPlain): isPlain ? "'\(text.prefix(60))'" : "text in quotes"
            case .sequence: "a list"
            case .mapping: "a mapping"
            }
        let message = node.isEmpty ? "\(here) has no value" : "\(here) must be \(wanted), not \(found)"
        let shown = example ?? keyExample
        add(node, message, fix: shown.map { "write, for example, \($0)" } ?? "write \(wanted)")
    }

    /// How the value of the innermost key may be written: `maxParallel: 8`.
    private var keyExample: String? {
        guard case .key(let name) = path.last, let example = examples.last, !example.isEmpty, example != "{}" else {
            return nil
        }
        return "\(name): \(example)"
    }

    /// The text of a scalar; nil, reported, for anything else.
    private mutating func scalar(_ node: YAMLNode, wanted: String, example: String) -> (text: String, isPlain: Bool)? {
        if case .scalar(let text, let isPlain) = node.content, !node.isEmpty { return (text, isPlain) }
        addWrongType(node, wanted: wanted, example: example)
        return nil
    }

    private mutating func checkText(_ node: YAMLNode, _ rule: TextRule) {
        guard let (text, isPlain) = scalar(node, wanted: rule.noun, example: rule.example) else { return }
        if isPlain, !rule.isNumberAllowed {
            let meaning = PlainText.meaning(of: text)
            if meaning != .text {
                let message = "\(here) must be \(rule.noun), but \(text) without quotes is \(meaning.noun)"
                return add(node, message, fix: "write \"\(text)\"")
            }
        }
        guard let fault = rule.fault(in: text) else { return }
        let isOneLine = !text.unicodeScalars.contains("\n")
        let offset = isOneLine && fault.offset > 0 ? fault.offset + (isPlain ? 0 : 1) : 0
        add(node, "\(here) \(fault.message)", fix: rule.advice, offset: offset)
    }

    private mutating func checkInteger(_ node: YAMLNode, _ range: ClosedRange<Int>) {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, isPlain: true) = node.content, !node.isEmpty, let value = Int(text) else {
            return addWrongType(node, wanted: wanted, example: nil)
        }
        // Octal for YAML 1.1: not everyone who reads the file would read the same number.
        if text.utf8.count > 1, text.hasPrefix("0") || text.hasPrefix("+") {
            return add(node, "\(here) must be \(wanted), written plainly", fix: "write \(value)")
        }
        if !range.contains(value) { add(node, "\(here) must be \(wanted), not \(value)", fix: "write \(wanted)") }
    }

    private mutating func checkBoolean(_ node: YAMLNode) {
        if case .scalar(let text, isPlain: true) = node.content, text == "true" || text == "false" { return }
        addWrongType(node, wanted: "true or false", example: nil)
    }

    private mutating func checkDuration(_ node: YAMLNode, _ range: ClosedRange<Int64>) {
        guard let (text, _) = scalar(node, wanted: "a duration", example: "90s, 5m or 1h30m") else { return }
        guard let duration = Duration(releaseText: text) else {
            return add(node, "\(here) \(DurationFault.message(text))", fix: DurationFault.fix(text))
        }
        let low = Duration.milliseconds(range.lowerBound)
        if duration.milliseconds < range.lowerBound {
            let wanted = range.lowerBound == 1 ? "longer than nothing" : "at least \(low.releaseText)"
            return add(node, "\(here) must be \(wanted)", fix: "write a longer duration, such as 30s")
        }
        if duration.milliseconds > range.upperBound {
            let high = Duration.milliseconds(range.upperBound).releaseText
            add(node, "\(here) must be at most \(high)", fix: "write a shorter duration")
        }
    }

    private mutating func checkRatio(_ node: YAMLNode, _ from: String, _ to: String) {
        let isPercent = to.hasSuffix("%")
        let example = keyExample ?? (isPercent ? "25% or 0.25" : "\(from) or \(to)")
        guard let (text, _) = scalar(node, wanted: "a ratio", example: example) else { return }
        guard let ratio = Ratio(decimalText: text) else {
            return add(
                node, "\(here) must be a decimal number or a percentage, not '\(text)'",
                fix: "write, for example, \(example), with at most nine decimals")
        }
        guard let low = Ratio(decimalText: from), let high = Ratio(decimalText: to) else { return }
        if ratio.isBelow(low) || high.isBelow(ratio) {
            let fix = Self.targetFix(ratio, text, low, high) ?? "write, for example, \(example)"
            add(node, "\(here) must be from \(from) to \(to), not \(text)", fix: fix)
        }
    }

    /// For a share that must stay below 1: why not 1, and 99.9 where 99.9% or 0.999 is meant.
    private static func targetFix(_ ratio: Ratio, _ text: String, _ low: Ratio, _ high: Ratio) -> String? {
        guard high.numerator < high.denominator else { return nil }
        if ratio.numerator == ratio.denominator {
            return "a target of 100% leaves no budget, and without one no burn rate exists: write less, such as 99.9%"
        }
        guard let percent = Ratio(decimalText: text + "%"), !high.isBelow(percent), !percent.isBelow(low),
            ratio.numerator > ratio.denominator
        else { return nil }
        return "\(text) is percent: write \(text)%"
    }

    private mutating func checkChoice(_ node: YAMLNode, _ words: [String]) {
        guard let (text, _) = scalar(node, wanted: listed(words), example: words.first ?? "") else { return }
        guard !words.contains(text) else { return }
        let message = "\(here) must be \(listed(words)), not '\(text)'"
        add(node, message, fix: Nearest.fix(for: text, in: words, otherwise: "write \(listed(words))"))
    }

    private mutating func checkList(_ node: YAMLNode, _ element: Shape, _ count: ClosedRange<Int>) {
        guard case .sequence(let nodes) = node.content else {
            let words = node.text.split(separator: " ").joined(separator: ", ")
            let isShort = !words.isEmpty && words.count <= 60 && !words.contains("\n")
            return addWrongType(node, wanted: "a list", example: isShort ? "[\(words)]" : nil)
        }
        if nodes.count < count.lowerBound {
            add(node, "\(here) must not be empty", fix: "write at least \(count.lowerBound), or leave the key out")
        }
        if nodes.count > count.upperBound {
            return add(node, "\(here) has \(nodes.count) elements", fix: "write at most \(count.upperBound)")
        }
        for (index, node) in nodes.enumerated() {
            path.append(.element(index))
            check(node, element)
            path.removeLast()
        }
    }

    // MARK: - Mappings

    private mutating func checkKeys(_ node: YAMLNode, _ table: KeyTable) {
        guard case .mapping(let entries) = node.content else {
            let keys = table.keys.filter(\.isRequired).map(\.name)
            let wanted = keys.isEmpty ? "a mapping" : "a mapping with \(listed(keys, joinedBy: "and"))"
            return addWrongType(node, wanted: wanted, example: nil)
        }
        for entry in entries { checkEntry(entry, table) }
        let strangers = Array(entries.lazy.map(\.key.text).filter { table.key($0) == nil }.prefix(100))
        for key in table.keys where key.isRequired && !entries.contains(where: { $0.key.text == key.name }) {
            // A mistyped key is already reported with what was meant.
            if strangers.contains(where: { Nearest.name(to: $0, in: [key.name]) != nil }) || list.omits() { continue }
            let fix = key.example == "{}" ? "add '\(key.name):'" : "add '\(key.name): \(key.example)'"
            list.add(source.diagnostic(at: node.mark, "\(here) has no '\(key.name)'", fix: fix))
        }
        for group in table.exactlyOne { checkExactlyOne(node, entries, group, strangers) }
        for pair in table.together { checkTogether(entries, pair.key, pair.needs, strangers) }
    }

    private mutating func checkTogether(
        _ entries: [YAMLEntry], _ name: String, _ needed: [String], _ strangers: [String]
    ) {
        guard let entry = entries.first(where: { $0.key.text == name }) else { return }
        if entries.contains(where: { needed.contains($0.key.text) }) { return }
        if strangers.contains(where: { Nearest.name(to: $0, in: needed) != nil }) { return }
        let quoted = listed(needed.map { "'\($0)'" })
        add(entry.key, "'\(name)' of \(here) goes with \(quoted), which is not there", fix: "add \(quoted)")
    }

    private mutating func checkEntry(_ entry: YAMLEntry, _ table: KeyTable) {
        let name = entry.key.text
        if let key = table.key(name) {
            if case .unsupported(let reason) = key.shape {
                let message = "'\(name)' is a part of OpenSLO that this version of Tminus does not act on"
                return add(entry.key, message, fix: reason)
            }
            path.append(.key(name))
            examples.append(key.example)
            check(entry.value, key.shape)
            examples.removeLast()
            path.removeLast()
        } else if let others = table.others, Self.isPhase(name) {
            path.append(.named(noun: "phase", name: name))
            check(entry.value, others.shape)
            path.removeLast()
        } else if !list.omits() {
            let names = table.keys.map(\.name) + (table.others == nil ? [] : ["T-1", "T-0"])
            let fix = Nearest.fix(for: name, in: names, otherwise: "\(table.noun) can have: \(listed(names))")
            add(entry.key, "unknown key '\(name)' in \(here)", fix: fix)
        }
    }

    /// `T-1`, `T-0`, `T+1` …: at most three digits, no leading zero, and no `T+0`.
    static func isPhase(_ name: String) -> Bool { phaseNumber(name) != nil }

    /// Days from the release: negative before it.
    static func phaseNumber(_ name: String) -> Int? {
        let bytes = Array(name.utf8)
        guard (3...5).contains(bytes.count), bytes[0] == UInt8(ascii: "T") else { return nil }
        let digits = bytes.dropFirst(2)
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.first != 0x30 || digits.count == 1 else {
            return nil
        }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "-"): return -number
        case UInt8(ascii: "+"): return number > 0 ? number : nil
        default: return nil
        }
    }

    private mutating func checkExactlyOne(
        _ node: YAMLNode, _ entries: [YAMLEntry], _ group: [String], _ strangers: [String]
    ) {
        let found = entries.filter { group.contains($0.key.text) }
        if found.count == 1 { return }
        if let second = found.dropFirst().first, let first = found.first {
            let message = "\(here) has both '\(first.key.text)' and '\(second.key.text)'"
            return add(second.key, message, fix: "keep one of them")
        }
        if strangers.contains(where: { Nearest.name(to: $0, in: group) != nil }) || list.omits() { return }
        list.add(source.diagnostic(at: node.mark, "\(here) has no \(listed(group))", fix: "add one of these keys"))
    }

    private mutating func checkNamed(
        _ node: YAMLNode, _ rule: TextRule, _ shape: Shape, _ noun: String, _ count: ClosedRange<Int>
    ) {
        guard case .mapping(let entries) = node.content else {
            return addWrongType(node, wanted: "a mapping of names", example: keyExample ?? "\(rule.example): …")
        }
        if entries.count < count.lowerBound {
            add(node, "\(here) must not be empty", fix: "write at least one \(noun), or leave the key out")
        }
        if entries.count > count.upperBound {
            return add(node, "\(here) has \(entries.count) entries", fix: "write at most \(count.upperBound)")
        }
        for entry in entries {
            if let fault = rule.fault(in: entry.key.text) {
                add(entry.key, "the \(noun) name '\(entry.key.text)' \(fault.message)", fix: rule.advice)
            }
            path.append(.named(noun: noun, name: entry.key.text))
            check(entry.value, shape)
            path.removeLast()
        }
    }
}

extension Shape {
    /// With its article, as the end of "must be …".
    var wanted: String {
        switch self {
        case .text(let rule): rule.noun
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration: "a duration"
        case .ratio: "a ratio"
        case .choice(let words): listed(words)
        case .list: "a list"
        case .keys(let table):
            table.keys.contains(where: \.isRequired)
                ? "a mapping with \(listed(table.keys.filter(\.isRequired).map(\.name), joinedBy: "and"))"
                : "a mapping with \(listed(table.exactlyOne.first ?? table.keys.map(\.name)))"
        case .named: "a mapping of names"
        case .written(let value, let list, let mapping):
            [value?.wanted, list?.wanted, mapping?.wanted].compactMap { $0 }.joined(separator: ", or ")
        case .word(let word, let shape): "\(word), or \(shape.wanted)"
        case .unsupported: "left out"
        }
    }
}

extension TextRule {
    /// What to write instead.
    var advice: String {
        switch form {
        case .word(let prefixes, let first, let rest):
            let start = prefixes.isEmpty ? "" : "an optional \(listed(prefixes)), then "
            return "write \(start)one of \(first), then up to \(sizeMax - 1) of \(rest), such as \(example)"
        case .free, .path: return "write \(noun) without control characters, such as \(example)"
        case .url, .clock: return "write \(noun), such as \(example)"
        }
    }
}

/// Why a text is no duration.
private enum DurationFault {
    static func message(_ text: String) -> String {
        if text.hasPrefix("-") { return "must not be negative" }
        if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return "lacks a unit" }
        if isTooLong(text) { return "is longer than ten years" }
        return "must be a duration, not '\(text)'"
    }

    static func fix(_ text: String) -> String {
        if text.hasPrefix("-"), Duration(releaseText: String(text.dropFirst())) != nil {
            return "write \(text.dropFirst())"
        }
        if isTooLong(text) { return "write at most 3650d" }
        if text.utf8.count <= 9, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return "write \(text)s, \(text)m, or with another unit: ms, s, m, h, d, w"
        }
        return "write whole numbers with ms, s, m, h, d or w, such as 90s, 5m or 1h30m"
    }

    /// Digits and one unit, but more than ten years.
    private static func isTooLong(_ text: String) -> Bool {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        return !digits.isEmpty && ["ms", "s", "m", "h", "d", "w"].contains(String(unit))
    }
}

extension Ratio {
    /// Compares exactly, across denominators.
    func isBelow(_ other: Ratio) -> Bool {
        Int128(numerator) * Int128(other.denominator) < Int128(other.numerator) * Int128(denominator)
    }
}
