/// A text that a person wrote, with its lines, so that a diagnostic can show the place it speaks of.
package final class SourceText: Sendable {
    /// As the person named it.
    package let file: String
    package let text: String
    let kind: Kind
    /// Byte ranges of the lines in `text`, without their ends; never empty.
    private let lines: [Range<Int>]

    /// What the file is, for advice that speaks of it.
    package enum Kind: Sendable {
        case pipeline, policy

        var noun: String { self == .pipeline ? "pipeline" : "policy" }
    }

    init(file: String, text: String, kind: Kind = .pipeline) {
        self.file = file
        self.text = text
        self.kind = kind
        lines = Self.lines(of: Array(text.utf8))
    }

    /// Where lines end for YAML 1.1: CR, LF, CRLF, NEL, LS and PS.
    static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var position = 0
        while position < bytes.count {
            let length = breakLength(bytes, position)
            if length > 0 {
                lines.append(start..<position)
                start = position + length
            }
            position += max(1, length)
        }
        lines.append(start..<bytes.count)
        return lines
    }

    private static func breakLength(_ bytes: [UInt8], _ position: Int) -> Int {
        func next(_ offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }
        switch bytes[position] {
        case 0x0A: return 1
        case 0x0D: return next(1) == 0x0A ? 2 : 1
        case 0xC2: return next(1) == 0x85 ? 2 : 0
        case 0xE2: return next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9) ? 3 : 0
        default: return 0
        }
    }

    /// Line `number` (1-based) without its end; nil past the last.
    func line(_ number: Int) -> String? {
        guard number >= 1, number <= lines.count else { return nil }
        let range = lines[number - 1]
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let end = utf8.index(start, offsetBy: range.count)
        return String(text[start..<end])
    }

    /// The diagnostic at a mark, with its line.
    package func diagnostic(
        _ severity: Diagnostic.Severity = .error, at mark: Mark, width: Int = 1, _ message: String, fix: String
    ) -> Diagnostic {
        let (source, column) = excerpt(at: mark)
        return Diagnostic(
            severity: severity, file: file, line: mark.line, column: mark.column, width: width,
            source: source, sourceColumn: column, message: message, fix: fix)
    }

    /// The line of a mark and the column in it; of a line of more than `excerptMax` bytes the part around the mark.
    private func excerpt(at mark: Mark) -> (source: String?, column: Int) {
        guard let line = line(mark.line), line.utf8.count > Self.excerptMax else {
            return (line(mark.line), mark.column)
        }
        let scalars = line.unicodeScalars
        let first = max(0, mark.column - 1 - Self.excerptMax / 8)
        let start = scalars.index(scalars.startIndex, offsetBy: first, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let end = scalars.index(start, offsetBy: Self.excerptMax / 4, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let part = (first > 0 ? "…" : "") + String(scalars[start..<end]) + (end < scalars.endIndex ? "…" : "")
        return (part, mark.column - first + (first > 0 ? 1 : 0))
    }

    private static let excerptMax = 2_000

    /// The mark of a byte offset.
    func mark(atByte offset: Int) -> Mark {
        var low = 0
        var high = lines.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lines[middle].lowerBound <= offset { low = middle } else { high = middle - 1 }
        }
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: lines[low].lowerBound)
        let end = utf8.index(start, offsetBy: max(0, offset - lines[low].lowerBound))
        return Mark(line: low + 1, column: text.unicodeScalars.distance(from: start, to: end) + 1)
    }

    /// How many scalars the scalar value at `mark` takes on its line: what a marker underlines.
    package func width(at mark: Mark, plainLength: Int) -> Int {
        guard let line = line(mark.line) else { return 1 }
        // As much as an excerpt shows.
        let scalars = Array(line.unicodeScalars.dropFirst(mark.column - 1).prefix(Self.excerptMax))
        guard let first = scalars.first else { return 1 }
        if first == "'" || first == "\"" {
            var position = 1
            while position < scalars.count, scalars[position] != first {
                position += first == "\"" && scalars[position] == "\\" ? 2 : 1
            }
            return min(position + 1, scalars.count)
        }
        return max(1, min(plainLength, scalars.count))
    }
}

/// A place in a text: line and column, 1-based, the column in Unicode scalars.
package struct Mark: Hashable, Sendable {
    package let line: Int
    package let column: Int

    package static let start = Mark(line: 1, column: 1)
}
