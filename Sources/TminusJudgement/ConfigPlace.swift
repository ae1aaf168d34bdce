import TminusModel

/// What is wrong with a judging config or the values for it, and where.
package struct ConfigError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Such as `metrics[3].analysisConfigurations.canary.direction`; empty for the text as a whole.
    package let path: String
    /// What is wrong, and what is expected.
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// A value of a config, and where it stands; one that is missing keeps its place for the error.
struct ConfigPlace {
    let json: JSON?
    let path: String

    init(_ json: JSON?, _ path: String) {
        self.json = json == .null ? nil : json
        self.path = path
    }

    struct Named {
        let key: String
        let place: ConfigPlace
    }

    func fail(_ reason: String) -> ConfigError { ConfigError(path: path, reason: reason) }

    func expectObject() throws(ConfigError) {
        guard json?.members != nil else { throw fail("expected an object") }
    }

    /// Missing members, and members of what is no object, are missing.
    func member(_ key: String) -> ConfigPlace {
        ConfigPlace(json?[key], path.isEmpty ? key : "\(path).\(key)")
    }

    func list(atMost limit: Int) throws(ConfigError) -> [ConfigPlace] {
        guard let json else { return [] }
        guard let elements = json.elements else { throw fail("expected an array") }
        guard elements.count <= limit else { throw fail("has \(elements.count) elements, at most \(limit) are read") }
        return elements.enumerated().map { ConfigPlace($0.element, "\(path)[\($0.offset)]") }
    }

    func members(atMost limit: Int) throws(ConfigError) -> [Named] {
        guard let json else { return [] }
        guard let members = json.members else { throw fail("expected an object") }
        guard members.count <= limit else { throw fail("has \(members.count) members, at most \(limit) are read") }
        return members.map { Named(key: $0.key, place: member($0.key)) }
    }

    func optionalText() throws(ConfigError) -> String? {
        guard let json else { return nil }
        guard let text = json.text else { throw fail("expected text") }
        guard text.utf8.count <= CanaryConfig.nameMax else { throw fail("longer than \(CanaryConfig.nameMax) bytes") }
        return text
    }

    func text() throws(ConfigError) -> String {
        guard let text = try optionalText(), !text.isEmpty else { throw fail("is missing or empty") }
        return text
    }

    /// A number, or nil for null and for the texts that JSON writers make of what is no finite number.
    func measured() throws(ConfigError) -> Double? {
        switch json {
        case nil, .string("NaN"), .string("Infinity"), .string("-Infinity"): return nil
        case let json?:
            guard let number = json.number else { throw fail("expected a number, null or \"NaN\"") }
            return number
        }
    }

    func measurements(atMost limit: Int) throws(ConfigError) -> [Double?] {
        guard let elements = json?.elements else { throw fail("expected an array of numbers") }
        guard elements.count <= limit else { throw fail("has \(elements.count) elements, at most \(limit) are read") }
        var values: [Double?] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            if let number = element.number {
                values.append(number)
            } else {
                values.append(try ConfigPlace(element, "\(path)[\(values.count)]").measured())
            }
        }
        return values
    }

    func flag() throws(ConfigError) -> Bool {
        guard let json else { return false }
        guard let flag = json.bool else { throw fail("expected true or false") }
        return flag
    }

    func optionalNumber(in range: ClosedRange<Double>) throws(ConfigError) -> Double? {
        guard let json else { return nil }
        guard let number = json.number, range.contains(number) else {
            let limits = "\(Wording.decimal(range.lowerBound)) to \(Wording.decimal(range.upperBound))"
            throw fail("expected a number from \(limits)")
        }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(ConfigError) -> Double {
        guard let number = try optionalNumber(in: range) else { throw fail("is missing") }
        return number
    }

    /// One of the words of an enum, in any case of letters; nil when missing.
    func word<Word: RawRepresentable<String> & CaseIterable>() throws(ConfigError) -> Word? {
        guard let text = try optionalText() else { return nil }
        let wanted = text.lowercased()
        guard let word = Word.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else {
            let words = Word.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
            throw fail("expected one of \(words)")
        }
        return word
    }
}
