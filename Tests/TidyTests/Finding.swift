import Testing

/// One place that breaks a rule, and what to do about it.
struct Finding: Equatable, CustomStringConvertible {
    /// Relative to the package's folder.
    var path: String
    /// From 1; 0 when it is about the whole file.
    var line: Int
    var message: String

    var description: String {
        line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)"
    }
}

/// Fails the test once, listing every finding in order.
func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    let list = findings.map(\.description).joined(separator: "\n")
    #expect(findings.isEmpty, "\(findings.count) findings:\n\(list)", sourceLocation: sourceLocation)
}
