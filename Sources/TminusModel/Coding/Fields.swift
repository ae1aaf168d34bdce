/// A value that reads itself from JSON with nothing else known.
protocol ReadFromJSON {
    init(json: JSON) throws(CodingFault)
}

/// Reads an object member by member. A member nobody asked for is a fault: it was meant to say something.
struct Fields {
    private let members: [JSON.Member]
    /// Where the next member is looked for first: members nearly always stand in the order they are asked for.
    private var cursor = 0
    private var taken = 0
    /// Bit n: member n was asked for. Our objects have fewer than 64.
    private var takenPositions: UInt64 = 0

    init(_ json: JSON) throws(CodingFault) {
        guard case .object(let members) = json else {
            throw CodingFault(reason: "expected an object, not \(json.kindInWords)")
        }
        self.members = members
    }

    mutating func take(_ key: String) -> JSON? {
        let count = members.count
        for step in 0..<count {
            let position = (cursor + step) % count
            if members[position].key == key {
                cursor = position + 1
                taken += 1
                if position < 64 { takenPositions |= 1 << UInt64(position) }
                return members[position].value
            }
        }
        return nil
    }

    /// Checks that every member was asked for.
    func finish() throws(CodingFault) {
        guard taken < members.count else { return }
        let stranger = members.indices.first { $0 >= 64 || takenPositions & (1 << UInt64($0)) == 0 }
        let key = stranger.map { CodingFault.quoted(members[$0].key) } ?? "one"
        throw CodingFault(
            reason: "has a member \(key) that this version does not know; a newer Tminus may have written it",
            isTooNew: true)
    }

    // MARK: Values of any type

    mutating func optional<Value>(
        _ key: String, _ read: (JSON) throws(CodingFault) -> Value
    ) throws(CodingFault) -> Value? {
        guard let json = take(key) else { return nil }
        do { return try read(json) } catch { throw error.inside(key) }
    }

    mutating func required<Value>(
        _ key: String, _ read: (JSON) throws(CodingFault) -> Value
    ) throws(CodingFault) -> Value {
        guard let value = try optional(key, read) else { throw CodingFault(path: key, reason: "is missing") }
        return value
    }

    mutating func optional<Value: ReadFromJSON>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(CodingFault) -> Value? {
        guard let json = take(key) else { return nil }
        do { return try Value(json: json) } catch { throw error.inside(key) }
    }

    mutating func required<Value: ReadFromJSON>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(CodingFault) -> Value {
        guard let value: Value = try optional(key) else { throw CodingFault(path: key, reason: "is missing") }
        return value
    }

    /// An array; empty when the member is absent.
    mutating func list<Value>(
        _ key: String, _ read: (JSON) throws(CodingFault) -> Value
    ) throws(CodingFault) -> [Value] {
        guard let json = take(key) else { return [] }
        do { return try json.list(read) } catch { throw error.inside(key) }
    }

    mutating func list<Value: ReadFromJSON>(
        _ key: String, of type: Value.Type = Value.self
    ) throws(CodingFault) -> [Value] {
        guard let json = take(key) else { return [] }
        do { return try json.list(Value.init(json:)) } catch { throw error.inside(key) }
    }

    // MARK: Plain values

    mutating func text(_ key: String) throws(CodingFault) -> String { try required(key) }

    /// False when absent.
    mutating func flag(_ key: String) throws(CodingFault) -> Bool { try optional(key) ?? false }

    mutating func integer(
        _ key: String, in range: ClosedRange<Int> = 0...Int.max, default absent: Int? = nil
    ) throws(CodingFault) -> Int {
        guard let value: Int = try optional(key) ?? absent else { throw CodingFault(path: key, reason: "is missing") }
        guard range.contains(value) else { throw CodingFault(path: key, reason: "\(value) is out of range") }
        return value
    }

    /// One of the words of an enum of ours.
    mutating func word<Word: RawRepresentable<String>>(
        _ key: String, as type: Word.Type = Word.self
    ) throws(CodingFault) -> Word {
        let text = try text(key)
        guard let word = Word(rawValue: text) else {
            throw CodingFault(path: key, reason: "\(CodingFault.quoted(text)) is no word this version knows")
        }
        return word
    }

    /// Words of an enum of ours; empty when the member is absent.
    mutating func words<Word: RawRepresentable<String>>(
        _ key: String, of type: Word.Type = Word.self
    ) throws(CodingFault) -> [Word] {
        try optionalWords(key) ?? []
    }

    mutating func optionalWords<Word: RawRepresentable<String>>(
        _ key: String, of type: Word.Type = Word.self
    ) throws(CodingFault) -> [Word]? {
        try optional(key) { json throws(CodingFault) in
            try json.list { element throws(CodingFault) in
                let text = try String(json: element)
                guard let word = Word(rawValue: text) else {
                    throw CodingFault(reason: "\(CodingFault.quoted(text)) is no word this version knows")
                }
                return word
            }
        }
    }

    /// Not negative, unless `minimum` says otherwise.
    mutating func duration(
        _ key: String, atLeast minimum: Int64 = 0, default absent: Duration? = nil
    ) throws(CodingFault) -> Duration {
        guard let value = try optionalDuration(key, atLeast: minimum) ?? absent else {
            throw CodingFault(path: key, reason: "is missing")
        }
        return value
    }

    mutating func optionalDuration(_ key: String, atLeast minimum: Int64 = 0) throws(CodingFault) -> Duration? {
        guard let milliseconds: Int64 = try optional(key) else { return nil }
        guard milliseconds >= minimum else {
            throw CodingFault(path: key, reason: "\(milliseconds) ms is below the least allowed, \(minimum) ms")
        }
        return .milliseconds(milliseconds)
    }

    mutating func instant(_ key: String) throws(CodingFault) -> Instant {
        Instant(millisecondsSinceEpoch: try required(key))
    }

    mutating func optionalInstant(_ key: String) throws(CodingFault) -> Instant? {
        guard let milliseconds: Int64 = try optional(key) else { return nil }
        return Instant(millisecondsSinceEpoch: milliseconds)
    }
}

extension JSON {
    /// What a fault calls a value.
    var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .double: "a number"
        case .string: "text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    func list<Value>(_ read: (JSON) throws(CodingFault) -> Value) throws(CodingFault) -> [Value] {
        guard case .array(let elements) = self else {
            throw CodingFault(reason: "expected an array, not \(kindInWords)")
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (position, element) in elements.enumerated() {
            do { values.append(try read(element)) } catch { throw error.inside(position) }
        }
        return values
    }

    // Members with a default are written only when they differ from it: a plan of ten thousand steps stays small.

    static func unlessEmpty(_ values: [JSON]) -> JSON? { values.isEmpty ? nil : .array(values) }
    static func unlessEmpty(_ values: [String]) -> JSON? { values.isEmpty ? nil : .strings(values) }
    static func ifTrue(_ flag: Bool) -> JSON? { flag ? .bool(true) : nil }
    static func text(_ value: String?) -> JSON? { value.map(JSON.string) }
    static func integer(_ value: Int, unless absent: Int) -> JSON? { value == absent ? nil : .integer(Int64(value)) }
    static func milliseconds(_ value: Duration) -> JSON { .integer(value.milliseconds) }
    static func milliseconds(_ value: Duration?) -> JSON? { value.map { .integer($0.milliseconds) } }
    static func milliseconds(_ value: Duration, unless absent: Duration) -> JSON? {
        value == absent ? nil : .integer(value.milliseconds)
    }
    static func milliseconds(_ value: Instant) -> JSON { .integer(value.millisecondsSinceEpoch) }
    static func milliseconds(_ value: Instant?) -> JSON? { value.map { .integer($0.millisecondsSinceEpoch) } }
}

extension String: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        guard case .string(let text) = json else {
            throw CodingFault(reason: "expected text, not \(json.kindInWords)")
        }
        self = text
    }
}

extension Bool: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        guard case .bool(let flag) = json else {
            throw CodingFault(reason: "expected true or false, not \(json.kindInWords)")
        }
        self = flag
    }
}

extension Int64: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        guard case .integer(let number) = json else {
            throw CodingFault(reason: "expected a whole number, not \(json.kindInWords)")
        }
        self = number
    }
}

extension Int: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        self = Int(try Int64(json: json))
    }
}

extension Int32: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        let number = try Int64(json: json)
        guard let small = Int32(exactly: number) else { throw CodingFault(reason: "\(number) is out of range") }
        self = small
    }
}

extension Double: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        guard let number = json.number else {
            throw CodingFault(reason: "expected a number, not \(json.kindInWords)")
        }
        self = number
    }
}

extension Ratio: ReadFromJSON {
    init(json: JSON) throws(CodingFault) {
        let text = try String(json: json)
        guard let ratio = Ratio(decimalText: text) else {
            throw CodingFault(reason: "\(CodingFault.quoted(text)) is no decimal such as 0.999")
        }
        self = ratio
    }

    var json: JSON { .string(decimalText) }
}
