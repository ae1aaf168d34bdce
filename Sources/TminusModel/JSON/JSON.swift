/// A JSON value with its object members in the order written: journals and digests depend on that order.
///
/// Numbers are integers or finite doubles. Durations travel as integer milliseconds, ratios as decimal text, so a
/// double only ever carries a figure for people.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSON

        package init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }
}

extension JSON {
    /// An object of the members whose value is not nil, in the order given.
    package static func members(_ pairs: KeyValuePairs<String, JSON?>) -> JSON {
        var members: [Member] = []
        members.reserveCapacity(pairs.count)
        for (key, value) in pairs {
            if let value { members.append(Member(key, value)) }
        }
        return .object(members)
    }

    package static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
    package static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

    /// The value of the first member named `key`; nil when this is not an object or has no such member.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.key == key { return member.value }
        return nil
    }

    package var text: String? {
        if case .string(let value) = self { value } else { nil }
    }
    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }
    /// The number as a double, from an integer or a double.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
    package var elements: [JSON]? {
        if case .array(let values) = self { values } else { nil }
    }
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
}
