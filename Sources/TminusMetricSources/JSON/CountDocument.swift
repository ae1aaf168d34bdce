import TminusModel
import TminusPorts

/// A JSON document with two counts in it, however it was had.
///
/// Counts are whole JSON numbers ≥ 0. A member `warnings` that is a list of texts, not empty, says that not everything
/// was seen.
enum CountDocument {
    static func reading(_ body: [UInt8], good: String, total: String, of name: String) throws(MetricError) -> ArmReading
    {
        let (goodPointer, totalPointer) = (try JSONPointer(good), try JSONPointer(total))
        let document: JSON
        do throws(JSONError) { document = try JSON(parsing: body) } catch {
            let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            guard first != nil else { throw MetricError(.malformed, "the answer is empty") }
            let isMarkup = first == UInt8(ascii: "<")
            throw MetricError(.malformed, isMarkup ? "the answer is HTML or XML, not JSON" : "\(error)".sentence())
        }
        let warnings = try warnings(document)
        let totalCount = try count(totalPointer.value(in: document), at: total)
        let goodCount = try count(goodPointer.value(in: document), at: good)
        guard let totalCount else { return .noData("\(name): the answer has nothing at \(total)") }
        guard let goodCount else { return .noData("\(name): the answer has nothing at \(good)") }
        guard let counts = GoodTotal(good: goodCount, total: totalCount) else {
            return .error("\(name): \(goodCount) good of only \(totalCount) in total")
        }
        guard let warning = warnings.first else { return .counts(counts) }
        return .partial(counts, "\(name): the source warns: \(warning)")
    }

    private static func count(_ value: JSON?, at place: String) throws(MetricError) -> Int64? {
        switch value {
        case nil, .null?: return nil
        case .integer(let count)? where count >= 0: return count
        case .double(let count)? where count >= 0 && count <= PromCounts.countMax:
            if let whole = Int64(exactly: count) { return whole }
            throw MetricError(.notFinite, "\(place) is \(count), which is no whole count; give counts, not a ratio")
        case .integer(let count)?: throw MetricError(.notFinite, "\(place) is \(count), which is no count")
        case .double(let count)?: throw MetricError(.notFinite, "\(place) is \(count), which is no count")
        case .bool?, .string?, .array?, .object?:
            throw MetricError(.malformed, "\(place) is no number")
        }
    }

    private static func warnings(_ document: JSON) throws(MetricError) -> [String] {
        switch document["warnings"] {
        case nil, .null?: return []
        case .array(let items)?:
            var texts: [String] = []
            for item in items {
                guard let text = item.text else { throw MetricError(.malformed, "a warning is no text") }
                texts.append(text.isEmpty ? "unnamed" : text.sentence())
            }
            return texts
        case .bool?, .integer?, .double?, .string?, .object?:
            throw MetricError(.malformed, "warnings is no list")
        }
    }
}
