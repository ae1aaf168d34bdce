/// One line of a Prometheus text page, read strictly.
enum PrometheusLine {
    /// Nothing to know: blank, a comment, or a HELP line.
    case other
    case type(name: [UInt8], kind: MetricKind)
    case sample(PrometheusSample)
    /// OpenMetrics: the page is complete.
    case end
}

/// One series and its value. Labels in the order written, names distinct.
struct PrometheusSample {
    var name: [UInt8]
    var labels: [Label]
    /// May be negative, infinite or not a number; the format allows all of them.
    var value: Double

    struct Label {
        var name: String
        var value: String
    }
}

/// What a `# TYPE` line may say, in either dialect.
enum MetricKind: String, CaseIterable {
    case counter, gauge, histogram, summary, untyped, unknown, info, stateset, gaugehistogram
}

/// What is wrong with a line, for people.
struct PrometheusLineError: Error, Equatable {
    var reason: String
}

/// Reads one line. Total: every byte sequence gives a line or an error.
struct PrometheusLineReader {
    /// More labels than any exporter writes; keeps the check for duplicates cheap.
    static let labelsMax = 64

    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// `bytes` is a line of valid UTF-8 without its line feed.
    static func read(_ bytes: ArraySlice<UInt8>) throws(PrometheusLineError) -> PrometheusLine {
        var reader = PrometheusLineReader(bytes)
        return try reader.line()
    }

    private var next: UInt8? { offset < bytes.endIndex ? bytes[offset] : nil }

    private mutating func line() throws(PrometheusLineError) -> PrometheusLine {
        skipSpace()
        guard let first = next else { return .other }
        if first == UInt8(ascii: "#") { return try comment() }
        return .sample(try sample())
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 { offset += 1 }
    }

    /// The bytes up to the next space or tab; may be empty.
    private mutating func word() -> ArraySlice<UInt8> {
        skipSpace()
        let start = offset
        while let byte = next, byte != 0x20, byte != 0x09 { offset += 1 }
        return bytes[start..<offset]
    }

    private mutating func comment() throws(PrometheusLineError) -> PrometheusLine {
        offset += 1
        guard let byte = next, byte == 0x20 || byte == 0x09 else { return .other }
        let keyword = word()
        if keyword.elementsEqual("EOF".utf8) {
            skipSpace()
            return next == nil ? .end : .other
        }
        guard keyword.elementsEqual("TYPE".utf8) else { return .other }
        skipSpace()
        guard let name = metricName() else { throw PrometheusLineError(reason: "# TYPE without a metric name") }
        let kindText = String(decoding: word(), as: UTF8.self)
        guard let kind = MetricKind(rawValue: kindText) else {
            throw PrometheusLineError(reason: "# TYPE names no metric type")
        }
        skipSpace()
        guard next == nil else { throw PrometheusLineError(reason: "text after the type in # TYPE") }
        return .type(name: name, kind: kind)
    }

    private mutating func sample() throws(PrometheusLineError) -> PrometheusSample {
        guard let name = metricName() else { throw PrometheusLineError(reason: "a metric name can't start here") }
        skipSpace()
        let labels = next == UInt8(ascii: "{") ? try labels() : []
        let text = word()
        guard !text.isEmpty else { throw PrometheusLineError(reason: "the value is missing") }
        guard let value = Self.value(text) else { throw PrometheusLineError(reason: "the value is not a number") }
        let timestamp = word()
        guard timestamp.isEmpty || Self.isTimestamp(timestamp) else {
            throw PrometheusLineError(reason: "the timestamp is not a number")
        }
        skipSpace()
        guard next == nil else { throw PrometheusLineError(reason: "text after the value") }
        return PrometheusSample(name: name, labels: labels, value: value)
    }

    private mutating func metricName() -> [UInt8]? {
        let start = offset
        while let byte = next, Self.isName(byte, first: offset == start) || byte == UInt8(ascii: ":") { offset += 1 }
        return offset > start ? Array(bytes[start..<offset]) : nil
    }

    private static func isName(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        default: false
        }
    }

    private mutating func labels() throws(PrometheusLineError) -> [PrometheusSample.Label] {
        offset += 1
        var labels: [PrometheusSample.Label] = []
        while true {
            skipSpace()
            if next == UInt8(ascii: "}") {
                offset += 1
                return labels
            }
            let label = try label()
            guard labels.count < Self.labelsMax else {
                throw PrometheusLineError(reason: "more than \(Self.labelsMax) labels")
            }
            guard !labels.contains(where: { $0.name == label.name }) else {
                throw PrometheusLineError(reason: "a label stands twice")
            }
            labels.append(label)
            skipSpace()
            if next == UInt8(ascii: ",") {
                offset += 1
            } else if next != UInt8(ascii: "}") {
                throw PrometheusLineError(reason: "expected , or } after a label")
            }
        }
    }

    private mutating func label() throws(PrometheusLineError) -> PrometheusSample.Label {
        let start = offset
        while let byte = next, Self.isName(byte, first: offset == start) { offset += 1 }
        guard offset > start else { throw PrometheusLineError(reason: "a label name can't start here") }
        let name = String(decoding: bytes[start..<offset], as: UTF8.self)
        skipSpace()
        guard next == UInt8(ascii: "=") else { throw PrometheusLineError(reason: "expected = after a label name") }
        offset += 1
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw PrometheusLineError(reason: "a label value needs quotes") }
        offset += 1
        return PrometheusSample.Label(name: name, value: try quoted())
    }

    private mutating func quoted() throws(PrometheusLineError) -> String {
        var text: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(try escaped())
            default: text.append(byte)
            }
        }
        throw PrometheusLineError(reason: "a label value has no closing quote")
    }

    private mutating func escaped() throws(PrometheusLineError) -> UInt8 {
        defer { offset += 1 }
        switch next {
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "\""): return UInt8(ascii: "\"")
        case UInt8(ascii: "n"): return 0x0A
        default: throw PrometheusLineError(reason: "only \\\\, \\\" and \\n are escapes")
        }
    }

    /// A decimal number, or one of the words for what is none; nil for anything else, hexadecimal included.
    private static func value(_ text: ArraySlice<UInt8>) -> Double? {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case let word:
            let isDecimal = word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || "+-.e".utf8.contains(byte)
            }
            return isDecimal ? Double(word) : nil
        }
    }

    /// Milliseconds, or OpenMetrics' seconds with a fraction.
    private static func isTimestamp(_ text: ArraySlice<UInt8>) -> Bool {
        value(text)?.isFinite ?? false
    }
}
