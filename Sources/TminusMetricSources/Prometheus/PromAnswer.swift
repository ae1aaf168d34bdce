import TminusModel
import TminusPorts

/// What Prometheus' HTTP API answered to one query, read strictly.
///
/// Pure and total. What the API never says (numbers that are no strings, another time than the one asked for, more than
/// one series) is an error: nothing is picked out of an answer that is not understood.
struct PromAnswer: Equatable {
    /// By the time they are for, in milliseconds since 1970. May be NaN or infinite.
    var values: [Int64: Double]
    /// Never empty texts; empty for an answer that saw everything.
    var warnings: [String]

    /// Milliseconds: further from 1970 than any question may be.
    private static let timeMax = 9e15

    /// Values by the `le` of their series, of a query that groups by it.
    static func bounds(_ body: [UInt8], status: Int) throws(MetricError) -> [String] {
        let (result, _) = try result(body, status: status, kind: "vector")
        var bounds: [Double: String] = [:]
        for item in result.elements ?? [] {
            guard let text = item["metric"]?["le"]?.text, let bound = BucketBounds.number(text) else { continue }
            bounds[bound] = text
        }
        return bounds.sorted { $0.key < $1.key }.prefix(BucketBounds.boundsMax).map(\.value)
    }

    /// Each series' value by its `le`, its only label.
    ///
    /// - Throws: `.refused` when Prometheus says it failed or warns, `.malformed` for anything not as asked.
    static func buckets(
        _ body: [UInt8], status: Int, at: Instant
    ) throws(MetricError) -> [(bound: Double, count: Double)] {
        let (result, warnings) = try result(body, status: status, kind: "vector")
        if let warning = warnings.first { throw MetricError(.refused, "Prometheus warns: \(warning)") }
        let items = result.elements ?? []
        guard items.count <= DurationGrowth.boundariesMax + 1 else {
            throw MetricError(.tooLarge, "more than \(DurationGrowth.boundariesMax) buckets")
        }
        var buckets: [(bound: Double, count: Double)] = []
        for item in items {
            guard let labels = item["metric"]?.members, labels.count == 1, let text = item["metric"]?["le"]?.text,
                let bound = BucketBounds.number(text), item["histogram"] == nil
            else { throw malformed("a series that is no bucket") }
            guard !buckets.contains(where: { $0.bound == bound }) else { throw malformed("two series of one bucket") }
            guard let pair = item["value"] else { throw malformed("a series without a value") }
            var one = PromAnswer(values: [:], warnings: [])
            try one.take(pair, from: at, step: .milliseconds(1), count: 1)
            guard let count = one.values.values.first else { throw malformed("a series without a value") }
            buckets.append((bound, count))
        }
        return buckets
    }

    private init(values: [Int64: Double], warnings: [String]) {
        self.values = values
        self.warnings = warnings
    }

    /// An instant query's answer for `at`: at most one value.
    ///
    /// - Throws: `.refused` when Prometheus says it failed, `.malformed` for anything else than one series or none.
    init(instant body: [UInt8], status: Int, at: Instant, isSum: Bool) throws(MetricError) {
        let (result, warnings) = try Self.result(body, status: status, kind: "vector")
        self.warnings = warnings
        values = [:]
        if let pair = result.scalar {
            guard !isSum else { throw Self.malformed("a scalar where a sum was asked for") }
            try take(pair, from: at, step: .milliseconds(1), count: 1)
            return
        }
        guard let item = try Self.onlySeries(result, isSum: isSum) else { return }
        guard let pair = item["value"] else { throw Self.malformed("a series without a value") }
        try take(pair, from: at, step: .milliseconds(1), count: 1)
    }

    /// A range query's answer: at most one value for each of `count` times, `step` apart from `from` on.
    init(range body: [UInt8], status: Int, from: Instant, step: Duration, count: Int, isSum: Bool) throws(MetricError) {
        let (result, warnings) = try Self.result(body, status: status, kind: "matrix")
        self.warnings = warnings
        values = [:]
        guard let item = try Self.onlySeries(result, isSum: isSum) else { return }
        guard let pairs = item["values"]?.elements, !pairs.isEmpty else {
            throw Self.malformed("a series without values")
        }
        guard pairs.count <= count else { throw Self.malformed("more values than times asked for") }
        for pair in pairs { try take(pair, from: from, step: step, count: count) }
    }

    /// `data.result`, after everything around it was checked.
    private static func result(
        _ body: [UInt8], status: Int, kind: String
    ) throws(MetricError) -> (result: JSON, warnings: [String]) {
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: body) } catch {
            guard status == 200 else {
                throw MetricError(.refused, "answered \(status) instead of 200\(Web.hint(status))")
            }
            let isMarkup = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "<")
            throw malformed(isMarkup ? "the answer is HTML or XML; is this Prometheus' address?" : "\(error)")
        }
        guard status == 200, json["status"]?.text == "success" else { throw failure(json, status) }
        guard json["error"] == nil, json["errorType"] == nil else { throw failure(json, status) }
        let warnings = try warnings(json["warnings"])
        guard let found = json["data"]?["resultType"]?.text, let result = json["data"]?["result"] else {
            throw malformed("the answer has no data.result")
        }
        if found == "scalar", kind == "vector" { return (.members(["scalar": result]), warnings) }
        guard found == kind else { throw malformed("the answer is a \(found.sentence(limit: 40)), not a \(kind)") }
        guard result.elements != nil else { throw malformed("data.result is no list") }
        return (result, warnings)
    }

    private static func failure(_ json: JSON, _ status: Int) -> MetricError {
        let kind = json["errorType"]?.text?.sentence(limit: 40) ?? "error"
        let reason = json["error"]?.text?.sentence() ?? "no reason given"
        guard json["status"]?.text == "error" else {
            return MetricError(.refused, "answered \(status), which is no success\(Web.hint(status))")
        }
        let code: MetricError.Code = kind == "timeout" ? .timeout : .refused
        return MetricError(code, "Prometheus says \(kind): \(reason)")
    }

    private static func warnings(_ json: JSON?) throws(MetricError) -> [String] {
        switch json {
        case nil, .null?: return []
        case .array(let items)?:
            var texts: [String] = []
            for item in items {
                guard let text = item.text else { throw malformed("a warning is no text") }
                texts.append(text.isEmpty ? "unnamed" : text.sentence())
            }
            return texts
        case .bool?, .integer?, .double?, .string?, .object?: throw malformed("warnings is no list")
        }
    }

    private static func onlySeries(_ result: JSON, isSum: Bool) throws(MetricError) -> JSON? {
        let items = result.elements ?? []
        guard items.count <= 1 else {
            throw malformed("\(items.count) series where one is expected; add them up with sum()")
        }
        guard let item = items.first else { return nil }
        guard let labels = item["metric"]?.members else { throw malformed("a series without labels") }
        guard labels.allSatisfy({ $0.value.text != nil }) else { throw malformed("a label is no text") }
        guard !isSum || labels.isEmpty else { throw malformed("a sum came back with labels") }
        guard item["histogram"] == nil, item["histograms"] == nil else {
            throw malformed("a native histogram where a number is expected")
        }
        return item
    }

    private mutating func take(_ json: JSON, from: Instant, step: Duration, count: Int) throws(MetricError) {
        guard let pair = json.elements, pair.count == 2, let seconds = pair[0].number, let text = pair[1].text else {
            throw Self.malformed("a value is not a time and a text")
        }
        let milliseconds = (seconds * 1_000).rounded()
        guard abs(milliseconds) <= Self.timeMax, let time = Int64(exactly: milliseconds) else {
            throw Self.malformed("a time out of range")
        }
        let offset = Instant(millisecondsSinceEpoch: time).since(from).milliseconds
        // Prometheus counts in milliseconds, and so do we.
        let place = step.milliseconds > 0 ? (offset + step.milliseconds / 2) / step.milliseconds : 0
        guard offset >= -1, place >= 0, place < Int64(count) else {
            throw Self.malformed("a value for another time than asked")
        }
        let due = from.advanced(by: .milliseconds(place * step.milliseconds)).millisecondsSinceEpoch
        guard abs(time - due) <= 1 else { throw Self.malformed("a value for another time than asked") }
        guard values[due] == nil else { throw Self.malformed("two values for one time") }
        guard let value = Self.number(text) else { throw Self.malformed("\(text.sentence(limit: 40)) is no number") }
        values[due] = value
    }

    /// As Go writes and Prometheus sends them.
    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }
            return isDecimal ? Double(text) : nil
        }
    }

    private static func malformed(_ reason: String) -> MetricError { MetricError(.malformed, reason) }
}

extension JSON {
    /// The pair of a scalar answer, as `PromAnswer` passes it on.
    fileprivate var scalar: JSON? { self["scalar"] }
}
