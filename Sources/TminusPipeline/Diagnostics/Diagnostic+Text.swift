extension Diagnostic: CustomStringConvertible {
    package var description: String { text }

    /// The diagnostic as a compiler prints it: place and message, the line with a marker under it, the fix.
    ///
    /// Ends without a newline. Control and direction-changing characters are shown as `\u{…}`, so that a hostile file
    /// cannot write to the reader's terminal.
    package var text: String {
        let head = "\(Self.shown(file)):\(line):\(column): \(severity.rawValue): \(Self.shown(message))"
        let foot = Self.shown(fix)
        guard let source else { return "\(head)\n\(foot)" }
        let excerpt = Excerpt(of: source, column: sourceColumn, width: width)
        let number = String(line)
        let margin = String(repeating: " ", count: max(0, 5 - number.count))
        let blank = String(repeating: " ", count: margin.count + number.count)
        return """
            \(head)
            \(margin)\(number) | \(excerpt.line)
            \(blank) | \(excerpt.marker)
            \(foot)
            """
    }

    static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnshowable) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isUnshowable(scalar) { shown += escape(scalar) } else { shown.unicodeScalars.append(scalar) }
        }
        return shown
    }

    static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }

    static func isUnshowable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        default: false
        }
    }
}

/// The part of a line around a place, with a marker line of the same width on a terminal.
private struct Excerpt {
    var line = ""
    var marker = ""

    /// Scalars of a line shown at most; the rest is cut off around the place.
    private static let widthMax = 110

    init(of source: String, column: Int, width: Int) {
        let scalars = Array(source.unicodeScalars)
        let place = min(max(0, column - 1), scalars.count)
        var first = 0
        if scalars.count > Self.widthMax { first = max(0, min(place - 40, scalars.count - Self.widthMax)) }
        let last = min(scalars.count, first + Self.widthMax)
        if first > 0 { append("…", to: " ") }
        for position in first..<last {
            let mark = position == place ? "^" : position > place && position - place < width ? "~" : " "
            append(scalars[position], mark: mark)
        }
        if place >= last { append("", to: "^") }
        if last < scalars.count { line += "…" }
        while marker.last == " " { marker.removeLast() }
    }

    private mutating func append(_ text: String, to mark: String) {
        line += text
        marker += mark
    }

    private mutating func append(_ scalar: Unicode.Scalar, mark: String) {
        if scalar == "\t" {
            line += "\t"
            marker += mark == " " ? "\t" : mark
            return
        }
        let text = Diagnostic.isUnshowable(scalar) ? Diagnostic.escape(scalar) : String(Character(scalar))
        let cells = text.unicodeScalars.count > 1 ? text.unicodeScalars.count : Self.cells(of: scalar)
        line += text
        guard cells > 0 else { return }
        let rest = mark == " " ? " " : "~"
        marker += mark + String(repeating: rest, count: cells - 1)
    }

    /// Terminal cells a scalar takes: 0 for what joins the one before, 2 for wide East Asian characters and emoji.
    private static func cells(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x0300...0x036F, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
