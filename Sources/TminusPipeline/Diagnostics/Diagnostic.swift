package import TminusModel

/// Something wrong with what a person wrote: where, what, and what to write instead.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable { case error, warning }

    package var severity: Severity
    /// The file as the person named it; `--input` for a value given on the command line.
    package var file: String
    /// 1-based.
    package var line: Int
    /// 1-based, in Unicode scalars.
    package var column: Int
    /// How many scalars of the line are meant; ≥ 1.
    package var width: Int
    /// The offending line without its end, of a very long one the part around the place; nil when there is none to
    /// show (a file too large, a missing file).
    package var source: String?
    /// The column within `source`.
    package var sourceColumn: Int
    /// What is wrong, without a full stop.
    package var message: String
    /// What to write instead.
    package var fix: String

    package init(
        severity: Severity = .error, file: String, line: Int = 1, column: Int = 1, width: Int = 1,
        source: String? = nil, sourceColumn: Int? = nil, message: String, fix: String
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.width = max(1, width)
        self.source = source
        self.sourceColumn = sourceColumn ?? column
        self.message = message
        self.fix = fix
    }

    /// As JSON for programs: `severity`, `file`, `line`, `column`, `width`, `source`, `message`, `fix`; and
    /// `sourceColumn` where it is not `column`.
    package var json: JSON {
        .members([
            "severity": .string(severity.rawValue),
            "file": .string(file),
            "line": .integer(line),
            "column": .integer(column),
            "width": .integer(width),
            "source": source.map(JSON.string),
            "sourceColumn": source == nil || sourceColumn == column ? nil : .integer(sourceColumn),
            "message": .string(message),
            "fix": .string(fix),
        ])
    }

    /// By file, then place; errors before warnings at one place.
    static func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        if left.file != right.file { return left.file < right.file }
        if left.line != right.line { return left.line < right.line }
        if left.column != right.column { return left.column < right.column }
        if left.severity != right.severity { return left.severity == .error }
        return left.message < right.message
    }
}

/// Why a pipeline could not be loaded or resolved.
package struct DiagnosticsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Never empty, holds at least one error, sorted by place; at most `DiagnosticList.shownMax`.
    package let diagnostics: [Diagnostic]
    /// How many more there were.
    package let omitted: Int

    package init(diagnostics: [Diagnostic], omitted: Int = 0) {
        self.diagnostics = diagnostics.sorted(by: Diagnostic.isBefore)
        self.omitted = omitted
    }

    /// All of them as a compiler would print them.
    package var description: String {
        let rendered = diagnostics.map(\.text).joined(separator: "\n\n")
        return omitted == 0 ? rendered : rendered + "\n\nand \(omitted) more; mend these first"
    }

    package var json: JSON {
        .members(["diagnostics": .array(diagnostics.map(\.json)), "omitted": .integer(omitted)])
    }
}

/// Collects diagnostics up to a limit; past it they are only counted.
package struct DiagnosticList {
    /// More than a person mends in one go.
    static let shownMax = 50

    package private(set) var diagnostics: [Diagnostic] = []
    package private(set) var omitted = 0
    package private(set) var hasErrors = false

    package init() {}

    package mutating func add(_ diagnostic: Diagnostic) {
        if omits(diagnostic.severity) { return }
        if diagnostic.severity == .error { hasErrors = true }
        diagnostics.append(diagnostic)
    }

    mutating func add(contentsOf found: [Diagnostic]) {
        for diagnostic in found { add(diagnostic) }
    }

    /// True, and the diagnostic counted, when there is no room for another. Whoever makes diagnostics in a loop asks
    /// before making one: a hostile file has a hundred thousand mistakes in a single line of a mebibyte.
    package mutating func omits(_ severity: Diagnostic.Severity = .error) -> Bool {
        guard diagnostics.count >= Self.shownMax else { return false }
        if severity == .error { hasErrors = true }
        omitted += 1
        return true
    }

    /// Throws everything collected when it holds an error.
    package func throwIfErrors() throws(DiagnosticsError) {
        if hasErrors { throw DiagnosticsError(diagnostics: diagnostics, omitted: omitted) }
    }

    /// What was collected, sorted by place.
    package var sorted: [Diagnostic] { diagnostics.sorted(by: Diagnostic.isBefore) }
}
