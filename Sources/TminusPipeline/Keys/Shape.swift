import TminusModel

/// What the value of a key must be. The decoder checks against these tables and the JSON Schema is written from them,
/// so the two cannot say different things.
package indirect enum Shape: Sendable {
    case text(TextRule)
    case integer(ClosedRange<Int>)
    case boolean
    /// Milliseconds.
    case duration(ClosedRange<Int64>)
    /// `99.9%` or `0.999`, between two such texts.
    case ratio(from: String, to: String)
    /// One of these words.
    case choice([String])
    /// A list of these, of at least and at most so many.
    case list(Shape, ClosedRange<Int>)
    /// A mapping of the table's keys.
    case keys(KeyTable)
    /// A mapping of free names to values of one shape. `noun` is what one of them is called.
    case named(TextRule, Shape, noun: String, ClosedRange<Int>)
    /// By how it is written: as one value, a list or a mapping. Nil where that is not allowed.
    case written(value: Shape?, list: Shape?, mapping: Shape?)
    /// This word, or what the shape says.
    case word(String, or: Shape)
    /// A key of OpenSLO that this version does not act on, and why.
    case unsupported(String)

    /// One value, or a list of them.
    package static func oneOrMore(_ shape: Shape, max: Int) -> Shape {
        .written(value: shape, list: .list(shape, 1...max), mapping: nil)
    }

    /// A program and its arguments.
    static let argv = Shape.list(.text(.argument), 1...1_000)

    /// Longer than nothing.
    package static let duration = Shape.duration(1...Duration.longestMilliseconds)
    package static let durationOrZero = Shape.duration(0...Duration.longestMilliseconds)
    package static func duration(atLeast milliseconds: Int64) -> Shape {
        .duration(milliseconds...Duration.longestMilliseconds)
    }
}

/// The keys of one kind of mapping.
package struct KeyTable: Sendable {
    package struct Key: Sendable {
        package let name: String
        let shape: Shape
        let isRequired: Bool
        /// One sentence for editors and the reference page.
        package let says: String
        /// A value to write, as YAML.
        package let example: String
    }

    /// With its article: `a step`.
    let noun: String
    var keys: [Key]
    /// Of each group exactly one key must be there.
    var exactlyOne: [[String]] = []
    /// Keys that mean something only beside one of others.
    var together: [(key: String, needs: [String])] = []
    /// Names that follow a rule, beside the fixed ones: the phases.
    var others: (rule: TextRule, shape: Shape)?

    package init(
        noun: String, keys: [Key], exactlyOne: [[String]] = [], together: [(key: String, needs: [String])] = []
    ) {
        self.init(noun: noun, keys: keys, exactlyOne: exactlyOne, together: together, others: nil)
    }

    init(
        noun: String, keys: [Key], exactlyOne: [[String]] = [], together: [(key: String, needs: [String])] = [],
        others: (rule: TextRule, shape: Shape)?
    ) {
        self.noun = noun
        self.keys = keys
        self.exactlyOne = exactlyOne
        self.together = together
        self.others = others
    }

    func key(_ name: String) -> Key? {
        keys.first { $0.name == name }
    }
}

extension KeyTable.Key {
    package static func optional(_ name: String, _ shape: Shape, _ example: String, _ says: String) -> KeyTable.Key {
        KeyTable.Key(name: name, shape: shape, isRequired: false, says: says, example: example)
    }
    package static func required(_ name: String, _ shape: Shape, _ example: String, _ says: String) -> KeyTable.Key {
        KeyTable.Key(name: name, shape: shape, isRequired: true, says: says, example: example)
    }
}

extension Shape {
    /// Whether it says where a secret is: in a file, or in a variable of the environment.
    var namesASecret: Bool {
        switch self {
        case .keys(let table): table.exactlyOne.contains(["file", "environment"])
        case .list(let element, _): element.namesASecret
        case .written(let value, let list, let mapping):
            [value, list, mapping].contains { $0?.namesASecret == true }
        case .word(_, let shape): shape.namesASecret
        default: false
        }
    }
}
