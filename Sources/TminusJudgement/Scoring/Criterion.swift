/// One criterion of a scored objective, as Keptn writes them: `<250`, `<=+10%`, `>=-5%`, `<=+15`.
///
/// With a sign or a percent sign the bound is relative to a previous value: `+10%` is that value and ten percent of its
/// magnitude more, `+15` is 15 more. Otherwise it is absolute.
package struct Criterion: Equatable, Sendable {
    package enum Comparison: String, Equatable, Sendable, CaseIterable {
        // In an order in which no one is the beginning of a later one.
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        case equal = "="
    }

    package enum Bound: Equatable, Sendable {
        case absolute(Double)
        /// In percent of the previous value's magnitude.
        case percent(Double)
        case amount(Double)
    }

    package let comparison: Comparison
    package let bound: Bound

    package init(_ comparison: Comparison, _ bound: Bound) {
        self.comparison = comparison
        self.bound = bound
    }

    /// Reads the text form; spaces around it are allowed, none inside. Nil for anything else.
    package init?(text: String) {
        let trimmed = text.drop { $0 == " " }
        guard let comparison = Comparison.allCases.first(where: { trimmed.hasPrefix($0.rawValue) }) else { return nil }
        var rest = trimmed.dropFirst(comparison.rawValue.count)
        while rest.last == " " { rest = rest.dropLast() }
        let isPercent = rest.last == "%"
        if isPercent { rest = rest.dropLast() }
        let sign = rest.first == "+" || rest.first == "-" ? rest.first : nil
        if sign != nil { rest = rest.dropFirst() }
        guard let first = rest.utf8.first, (0x30...0x39).contains(first), rest.utf8.count <= 40,
            rest.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }), rest.last != ".",
            let magnitude = Double(String(rest)), magnitude.isFinite
        else { return nil }
        let value = sign == "-" ? -magnitude : magnitude
        self.init(comparison, isPercent ? .percent(value) : sign != nil ? .amount(value) : .absolute(value))
    }

    package var isRelative: Bool {
        switch bound {
        case .absolute: false
        case .percent, .amount: true
        }
    }

    /// The number that `value` is compared with; nil when it is relative and there is nothing to relate it to.
    package func limit(previous: Double?) -> Double? {
        switch bound {
        case .absolute(let limit): limit
        case .percent(let percent): previous.map { $0 + $0.magnitude * percent / 100 }
        case .amount(let amount): previous.map { $0 + amount }
        }
    }

    /// Whether it holds; nil when there is nothing to compare with.
    package func holds(_ value: Double, previous: Double?) -> Bool? {
        guard let limit = limit(previous: previous) else { return nil }
        return switch comparison {
        case .atMost: value <= limit
        case .atLeast: value >= limit
        case .below: value < limit
        case .above: value > limit
        case .equal: value == limit
        }
    }
}
