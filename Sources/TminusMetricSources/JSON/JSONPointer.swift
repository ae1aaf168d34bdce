import TminusModel
import TminusPorts

/// RFC 6901: where in a document a value is, such as `/windows/0/good`.
struct JSONPointer: Equatable {
    let names: [String]

    /// - Throws: `.refused` for text that is no pointer.
    init(_ text: String) throws(MetricError) {
        guard text.isEmpty || text.hasPrefix("/") else {
            throw MetricError(.refused, "\(text.sentence(limit: 60)) is no JSON Pointer; write it as /good")
        }
        var names: [String] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            names.append(try Self.unescaped(String(part)))
        }
        self.names = names
    }

    private static func unescaped(_ part: String) throws(MetricError) -> String {
        var result = ""
        var isEscape = false
        for scalar in part.unicodeScalars {
            switch (isEscape, scalar) {
            case (false, "~"): isEscape = true
            case (true, "0"), (true, "1"):
                result.unicodeScalars.append(scalar == "0" ? "~" : "/")
                isEscape = false
            case (true, _): throw MetricError(.refused, "in a JSON Pointer, ~ is followed by 0 or 1")
            case (false, _): result.unicodeScalars.append(scalar)
            }
        }
        guard !isEscape else { throw MetricError(.refused, "in a JSON Pointer, ~ is followed by 0 or 1") }
        return result
    }

    /// The value there; nil when there is none.
    func value(in document: JSON) -> JSON? {
        var value = document
        for name in names {
            switch value {
            case .object:
                guard let member = value[name] else { return nil }
                value = member
            case .array(let elements):
                let isIndex = name == "0" || (!name.hasPrefix("0") && !name.isEmpty)
                guard isIndex, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(name) else {
                    return nil
                }
                guard elements.indices.contains(index) else { return nil }
                value = elements[index]
            case .null, .bool, .integer, .double, .string: return nil
            }
        }
        return value
    }
}
