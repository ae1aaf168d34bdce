/// Names by position and positions by name, both at once found.
struct NameTable: Sendable {
    let names: [String]
    private let positions: [String: Int]

    /// The first of equal names counts; `duplicate` is the first name that stands twice.
    init(_ names: [String]) {
        self.names = names
        var positions: [String: Int] = [:]
        positions.reserveCapacity(names.count)
        var duplicate: String?
        for (position, name) in names.enumerated() {
            if positions[name] == nil { positions[name] = position } else { duplicate = duplicate ?? name }
        }
        self.positions = positions
        self.duplicate = duplicate
    }

    let duplicate: String?

    /// Precondition: the position is one of a name.
    func json(_ position: Int) -> JSON {
        precondition(names.indices.contains(position), "no name at position \(position) of \(names.count)")
        return .string(names[position])
    }

    /// The position of the name that `json` is; `noun` says what kind of name it should be.
    func position(_ json: JSON, _ noun: StaticString) throws(CodingFault) -> Int {
        let name = try String(json: json)
        guard let position = positions[name] else {
            throw CodingFault(reason: "the plan has no \(noun) \(CodingFault.quoted(name))")
        }
        return position
    }

    func positions(_ json: JSON, _ noun: StaticString) throws(CodingFault) -> [Int] {
        try json.list { element throws(CodingFault) in try position(element, noun) }
    }
}
