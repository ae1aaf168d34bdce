package import TminusModel

/// Reads members of a wire object, each with an error that names it. Members it does not know are let pass: an older
/// client may talk to a newer engine.
package struct WireReader: Sendable {
    private let json: JSON

    /// - Throws: `.malformed` when `json` is not an object.
    package init(_ json: JSON) throws(APIError) {
        guard json.members != nil else { throw APIError(.malformed, "expected a JSON object") }
        self.json = json
    }

    package func text(_ key: String) throws(APIError) -> String {
        guard let value = json[key]?.text else { throw wrong(key, "a text") }
        return value
    }

    package func integer(_ key: String) throws(APIError) -> Int {
        guard let value = json[key]?.integer else { throw wrong(key, "a whole number") }
        return Int(value)
    }

    package func instant(_ key: String) throws(APIError) -> Instant {
        guard let value = json[key]?.integer else { throw wrong(key, "milliseconds since 1970") }
        return Instant(millisecondsSinceEpoch: value)
    }

    package func optionalText(_ key: String) throws(APIError) -> String? {
        switch json[key] {
        case nil, .null?: return nil
        case .string(let value)?: return value
        default: throw wrong(key, "a text")
        }
    }

    package func optionalInteger(_ key: String) throws(APIError) -> Int? {
        switch json[key] {
        case nil, .null?: return nil
        case .integer(let value)?: return Int(value)
        default: throw wrong(key, "a whole number")
        }
    }

    package func optionalInstant(_ key: String) throws(APIError) -> Instant? {
        try optionalInteger(key).map { Instant(millisecondsSinceEpoch: Int64($0)) }
    }

    package func optionalFlag(_ key: String) throws(APIError) -> Bool? {
        switch json[key] {
        case nil, .null?: return nil
        case .bool(let value)?: return value
        default: throw wrong(key, "true or false")
        }
    }

    /// Empty when the member is absent.
    package func elements(_ key: String) throws(APIError) -> [JSON] {
        switch json[key] {
        case nil, .null?: return []
        case .array(let values)?: return values
        default: throw wrong(key, "an array")
        }
    }

    package func member(_ key: String) throws(APIError) -> JSON {
        guard let value = json[key] else { throw wrong(key, "present") }
        return value
    }

    private func wrong(_ key: String, _ expected: String) -> APIError {
        APIError(.malformed, "member '\(key)' must be \(expected)")
    }
}
