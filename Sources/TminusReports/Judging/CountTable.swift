import TminusModel

/// Whole numbers from a file that a person exported: JSON objects or lines with commas.
enum CountTable {
    struct Row: Equatable, Sendable {
        /// As many as names were asked for.
        var numbers: [Int64]
        /// `line 3`, `interval 3`.
        var place: String
    }

    /// Rows that are read of one file, at most.
    static let rowsMax = 1_000_000

    /// - Throws: with the line or position that can't be used; for a file without rows.
    static func read(_ text: String, names: [String]) throws(HistoryError) -> [Row] {
        let start = text.unicodeScalars.first { !$0.properties.isWhitespace }
        let rows = start == "[" ? try json(text, names) : try lines(text, names)
        guard !rows.isEmpty else { throw HistoryError("it holds no interval") }
        return rows
    }

    private static func json(_ text: String, _ names: [String]) throws(HistoryError) -> [Row] {
        let document: JSON
        do { document = try JSON(parsing: text) } catch { throw HistoryError("it is no JSON: \(error)") }
        guard case .array(let elements) = document, elements.count <= rowsMax else {
            throw HistoryError("a list of at most \(rowsMax) intervals is wanted")
        }
        var rows: [Row] = []
        for (index, element) in elements.enumerated() {
            var numbers: [Int64] = []
            for name in names {
                guard case .integer(let value)? = element[name] else {
                    throw HistoryError("interval \(index + 1) has no whole number '\(name)'")
                }
                numbers.append(value)
            }
            rows.append(Row(numbers: numbers, place: "interval \(index + 1)"))
        }
        return rows
    }

    private static func lines(_ text: String, _ names: [String]) throws(HistoryError) -> [Row] {
        var rows: [Row] = []
        // By byte: a carriage return and a line feed are one character.
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let bare = line.filter { $0 > 0x20 }
            if bare.isEmpty { continue }
            let cells = bare.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            let numbers = cells.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
            if numbers.isEmpty, rows.isEmpty { continue }
            guard numbers.count == cells.count, numbers.count == names.count else {
                throw HistoryError(
                    "line \(index + 1) must be \(names.count) whole numbers: \(names.joined(separator: ","))")
            }
            guard rows.count < rowsMax else { throw HistoryError("more than \(rowsMax) intervals") }
            rows.append(Row(numbers: numbers, place: "line \(index + 1)"))
        }
        return rows
    }
}

/// Why a history can't be used.
package struct HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
