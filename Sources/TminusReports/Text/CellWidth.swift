extension String {
    /// How many terminal cells the text takes: 2 for East Asian wide and emoji, 0 for marks that combine.
    package var cellWidth: Int {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.cellWidth }
    }

    /// The longest start that fits `width` cells, ending in `…` when something was cut.
    package func clipped(to width: Int) -> String {
        guard cellWidth > width else { return self }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in self {
            let cells = character.cellWidth
            if used + cells > width - 1 { break }
            result.append(character)
            used += cells
        }
        return result + "…"
    }

    /// Filled with spaces on the right up to `width` cells, or clipped to it.
    package func padded(to width: Int) -> String {
        let text = clipped(to: width)
        return text + String(repeating: " ", count: max(0, width - text.cellWidth))
    }

    /// Filled with spaces on the left up to `width` cells, or clipped to it.
    package func paddedLeft(to width: Int) -> String {
        let text = clipped(to: width)
        return String(repeating: " ", count: max(0, width - text.cellWidth)) + text
    }

    /// Broken at spaces into lines of at most `width` cells; words longer than a line are cut. Never empty.
    package func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ", omittingEmptySubsequences: true) {
            var word = String(word)
            if !line.isEmpty, line.cellWidth + 1 + word.cellWidth <= width {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while word.cellWidth > width, width > 1 {
                var head = ""
                while let character = word.first, head.cellWidth + character.cellWidth <= width {
                    head.append(character)
                    word.removeFirst()
                }
                if head.isEmpty { break }
                lines.append(head)
            }
            line = word
        }
        lines.append(line)
        return lines
    }
}

extension Character {
    var cellWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return Self.wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// East Asian Width W and F, as terminals draw them; Unicode 15, to the block.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653,
        0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x2753...0x2755, 0x2757...0x2757,
        0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
        0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
