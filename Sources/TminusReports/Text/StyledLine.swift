/// What a piece of text means; the terminal decides how that looks.
package enum Style: Sendable, Hashable, CaseIterable {
    case plain, strong, faint
    case good, bad, caution, active
    /// Rolled back: neither success nor plain failure.
    case undone

    /// The SGR parameters; empty for plain.
    var codes: String {
        switch self {
        case .plain: ""
        case .strong: "1"
        case .faint: "2"
        case .good: "32"
        case .bad: "1;31"
        case .caution: "33"
        case .active: "36"
        case .undone: "35"
        }
    }
}

/// One line of styled text, without a newline. Everything put in is made safe for a terminal.
package struct StyledLine: Equatable, Sendable {
    package struct Span: Equatable, Sendable {
        package var text: String
        package var style: Style
    }

    package private(set) var spans: [Span] = []

    package init() {}

    package init(_ text: String, _ style: Style = .plain) {
        append(text, style)
    }

    package mutating func append(_ text: String, _ style: Style = .plain) {
        let text = SafeText.line(text)
        guard !text.isEmpty else { return }
        spans.append(Span(text: text, style: style))
    }

    package func appending(_ text: String, _ style: Style = .plain) -> StyledLine {
        var line = self
        line.append(text, style)
        return line
    }

    /// This line with all of `other` after it.
    package func appending(_ other: StyledLine) -> StyledLine {
        var line = self
        line.spans.append(contentsOf: other.spans)
        return line
    }

    /// The text alone.
    package var text: String { spans.map(\.text).joined() }
    package var cellWidth: Int { spans.reduce(0) { $0 + $1.text.cellWidth } }

    /// Cut to `width` cells, ending in `…` when something was cut.
    package func clipped(to width: Int) -> StyledLine {
        guard cellWidth > width else { return self }
        guard width > 0 else { return StyledLine() }
        var line = StyledLine()
        var rest = width - 1
        for span in spans {
            let cells = span.text.cellWidth
            guard cells > rest else {
                line.spans.append(span)
                rest -= cells
                continue
            }
            // One cell is kept for the sign that something was cut.
            line.spans.append(Span(text: (span.text + "…").clipped(to: rest + 1), style: span.style))
            break
        }
        return line
    }

    /// Filled with spaces up to `width` cells, then `right`, both within `total` cells; what is left of the line gives
    /// way to what is right.
    package func justified(with right: StyledLine, to total: Int) -> StyledLine {
        let room = total - right.cellWidth - 1
        guard room > 0 else { return clipped(to: total) }
        var line = clipped(to: room)
        line.append(String(repeating: " ", count: total - right.cellWidth - line.cellWidth))
        line.spans.append(contentsOf: right.spans)
        return line
    }

    /// For a terminal, with escape sequences when `isColoured`.
    package func rendered(isColoured: Bool) -> String {
        guard isColoured else { return text }
        return spans.map { span in
            span.style == .plain ? span.text : "\u{1B}[\(span.style.codes)m\(span.text)\u{1B}[0m"
        }.joined()
    }
}
