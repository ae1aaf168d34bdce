import TminusModel

/// How an indicator of the short form counts.
extension Decoding {
    /// Nil when something about it is wrong, which is reported.
    mutating func counting(_ node: YAMLNode) -> Counting? {
        if let total = node["total"] {
            if let good = node["good"] { return .counters(good: Self.counter(good), total: Self.counter(total)) }
            if let bad = node["bad"] { return .failures(bad: Self.counter(bad), total: Self.counter(total)) }
        }
        if let histogram = node["histogram"], let under = node["under"]?.duration {
            return .latency(histogram: Self.counter(histogram), threshold: under)
        }
        if let promql = node["promql"], let good = promql["good"], let total = promql["total"] {
            let isSound = [good, total].map { checkWindow($0) }
            return isSound.contains(false) ? nil : .promQL(good: good.text, total: total.text)
        }
        if let sql = node["sql"] {
            if let fault = StatementFault.find(in: sql.text) {
                error(at: sql, "'sql' \(fault.message)", fix: fault.fix)
                return nil
            }
            return .sql(StatementFault.trimmed(sql.text))
        }
        if let logs = node["requestLogs"] {
            return .requestLogs(
                Counting.RequestLogs(
                    threshold: logs["under"]?.duration, countsFailures: logs["failures"]?.text != "ignored"))
        }
        if let journey = node["journey"] { return journeyCounting(journey) }
        if let places = node["json"], let good = places["good"], let total = places["total"] {
            for pointer in [good, total] where !pointer.text.hasPrefix("/") {
                error(
                    at: pointer, "'\(pointer.text)' is no JSON Pointer: it starts with '/'",
                    fix: "write, for example, /counts/good")
            }
            return .document(good: good.text, total: total.text)
        }
        if let asked = node["asked"], !asked.isTrue {
            error(at: asked, "an indicator that is not asked counts nothing", fix: "write 'asked: true'")
        }
        return node["asked"]?.isTrue == true ? .asked : nil
    }

    private mutating func journeyCounting(_ node: YAMLNode) -> Counting? {
        var steps: [Counting.Journey.Step] = []
        for step in node["steps"]?.oneOrMore ?? [] {
            guard let name = step["name"] else { continue }
            if steps.contains(where: { $0.name == name.text }) {
                error(at: name, "a second step '\(name.text)' of the journey", fix: "write each step once")
            }
            steps.append(Counting.Journey.Step(name: name.text, within: step["within"]?.duration))
        }
        var journey = Counting.Journey(
            name: node["name"]?.text ?? "", steps: steps, within: node["within"]?.duration)
        if let abandoned = node["abandoned"].flatMap({ Counting.Journey.Abandoned(rawValue: $0.text) }) {
            journey.abandoned = abandoned
        }
        if let after = node["abandonedAfter"]?.duration { journey.abandonedAfter = after }
        if let within = journey.within, within > journey.abandonedAfter, let place = node["within"] {
            error(
                at: place,
                "a journey may take \(within.releaseText), but counts as abandoned after "
                    + journey.abandonedAfter.releaseText,
                fix: "write a longer 'abandonedAfter'")
        }
        return .journey(journey)
    }

    private mutating func checkWindow(_ node: YAMLNode) -> Bool {
        guard !node.text.contains("$window") else { return true }
        error(
            at: node, "the query does not say '$window', so it would count over no lookback in particular",
            fix: "write the lookback as [$window], such as sum(increase(requests_total[$window]))")
        return false
    }

    static func counter(_ node: YAMLNode) -> CounterSelector {
        CounterSelector(metric: node["metric"]?.text ?? "", labels: node["labels"]?.variables ?? [])
    }
}

/// What is wrong with the text of a query, as far as a light look can tell: it is executed read-only, with parameters.
struct StatementFault: Equatable {
    let message: String
    let fix: String

    private static let parameters = ["from", "to", "service", "arm"]

    /// Without white space around it and without a semicolon at its end.
    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let last = rest.last, last.isWhitespace || last == ";" { rest = rest.dropLast() }
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        return String(rest)
    }

    /// Nil for one SELECT (or WITH … SELECT) that uses `:from` and `:to`, and no other parameters than ours.
    static func find(in text: String) -> StatementFault? {
        let scan = StatementScan(text)
        if scan.isOpen {
            return StatementFault(message: "has a quote or comment that does not end", fix: "close it")
        }
        guard let word = scan.firstWord, ["select", "with"].contains(word) else {
            return StatementFault(message: "is no SELECT", fix: "write SELECT … AS good, … AS total")
        }
        if scan.hasTextAfterSemicolon {
            return StatementFault(message: "has a second statement after ';'", fix: "write one SELECT")
        }
        if let stranger = scan.parameters.first(where: { !parameters.contains($0) }) {
            return StatementFault(
                message: "has a parameter ':\(stranger)', which is never given",
                fix: "the parameters are :from, :to (epoch seconds), :service and :arm")
        }
        for name in ["from", "to"] where !scan.parameters.contains(name) {
            return StatementFault(
                message: "does not use ':\(name)', so it would count over no lookback in particular",
                fix: "add a condition such as: at > :from AND at <= :to")
        }
        return nil
    }
}

/// The parts of a statement that matter, quotes and comments left out.
private struct StatementScan {
    private(set) var firstWord: String?
    private(set) var parameters: [String] = []
    private(set) var hasTextAfterSemicolon = false
    /// Whether a quote or comment never ends.
    private(set) var isOpen = false

    private let bytes: [UInt8]
    private var position = 0
    private var hasSemicolon = false

    init(_ text: String) {
        bytes = Array(text.utf8)
        while let byte = at(0) { step(byte) }
    }

    private func at(_ offset: Int) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private static func isWord(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || (0x30...0x39).contains(byte) || byte >= 0x80
    }

    private mutating func step(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: " "), 0x09, 0x0A, 0x0D: position += 1
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            note()
            position += 1
            skip(to: [byte])
        case UInt8(ascii: "-") where at(1) == byte:
            while let next = at(0), next != 0x0A { position += 1 }
        case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"):
            position += 2
            skip(to: [UInt8(ascii: "*"), UInt8(ascii: "/")])
        case UInt8(ascii: ";"):
            hasSemicolon = true
            position += 1
        case UInt8(ascii: ":") where at(1) == byte:
            note()
            position += 2
        case UInt8(ascii: ":"):
            note()
            position += 1
            if let name = word(), name.first?.isNumber == false { parameters.append(name) }
        default:
            note()
            if let name = word() { firstWord = firstWord ?? name.lowercased() } else { position += 1 }
        }
    }

    private mutating func note() {
        if hasSemicolon { hasTextAfterSemicolon = true }
    }

    private mutating func word() -> String? {
        let start = position
        while Self.isWord(at(0)) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    /// A doubled quote is two quotes in a row: leaving and entering again comes to the same.
    private mutating func skip(to end: [UInt8]) {
        while position < bytes.count {
            if bytes[position...].starts(with: end) {
                position += end.count
                return
            }
            position += 1
        }
        isOpen = true
    }
}
