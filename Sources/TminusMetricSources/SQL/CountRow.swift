import TminusModel
import TminusPorts

/// What a database answered to one question: a row of two counts.
struct CountRow: Equatable, Sendable {
    /// One value, by what the database says it is.
    enum Value: Equatable, Sendable {
        case null
        case integer(Int64)
        case real(Double)
        /// Any other type, by its name.
        case other(String)
    }

    var good: Value
    var total: Value

    /// Of the columns named `good` and `total`, however many others there are.
    ///
    /// - Throws: `.malformed` when one is missing or stands twice.
    init(columns: [String], values: [Value]) throws(MetricError) {
        func value(_ name: String) throws(MetricError) -> Value {
            let places = columns.indices.filter { columns[$0].lowercased() == name }
            guard places.count == 1, let place = places.first, place < values.count else {
                throw MetricError(
                    .malformed,
                    "the answer has \(places.count) columns named \(name); it must have one named good, one named total"
                )
            }
            return values[place]
        }
        good = try value("good")
        total = try value("total")
    }

    /// No row is no data, and so is a NULL: a sum over nothing.
    static func reading(_ rows: [CountRow], of indicator: Indicator) -> ArmReading {
        guard rows.count <= 1 else {
            return .error("\(indicator.name): the answer has more than one row; it must be one row of good and total")
        }
        guard let row = rows.first else { return .noData("\(indicator.name): the answer has no row") }
        if row.total == .null {
            return row.good == .null
                ? .noData("\(indicator.name): good and total are NULL: there are no rows in that time")
                : .error("\(indicator.name): total is NULL, but good is not")
        }
        guard let total = whole(row.total) else { return .error("\(indicator.name): total is \(row.total.text)") }
        // A sum over no rows is NULL where a count is 0.
        if row.good == .null, total == 0 { return .counts(.none) }
        guard let good = whole(row.good) else { return .error("\(indicator.name): good is \(row.good.text)") }
        guard let counts = GoodTotal(good: good, total: total) else {
            return .error("\(indicator.name): \(good) good of only \(total) in total; check the SQL")
        }
        return .counts(counts)
    }

    private static func whole(_ value: Value) -> Int64? {
        switch value {
        case .integer(let count): count >= 0 ? count : nil
        case .real(let count): count >= 0 && count <= PromCounts.countMax ? Int64(exactly: count) : nil
        case .null, .other: nil
        }
    }
}

extension CountRow.Value {
    /// For an error: what it is instead of a count.
    var text: String {
        switch self {
        case .null: "NULL, which is no count"
        case .integer(let value): "\(value), which is no count"
        case .real(let value): "\(value), which is no whole count; give counts, not a ratio"
        case .other(let type): "of type \(type), which is no number"
        }
    }

    /// From text such as a database sends for a number: `90`, `90.0`, `NaN`.
    init(number text: String) {
        if let whole = Int64(text) {
            self = .integer(whole)
        } else if let real = Double(text), text.utf8.allSatisfy({ $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X") })
        {
            self = .real(real)
        } else {
            self = .other("text")
        }
    }
}
