/// Text from outside made safe for a terminal: what could move the cursor, recolour, retitle, ring, hide or reorder is
/// taken out, so that nothing a step prints can pass for something Tminus says.
package enum SafeText {
    /// One line: newlines and tabs become spaces.
    package static func line(_ text: String) -> String { cleaned(text, keepsLines: false) }

    /// Several lines: newlines and tabs stay.
    package static func lines(_ text: String) -> String { cleaned(text, keepsLines: true) }

    private static func cleaned(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: { !isPlain($0) }) else { return text }
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar.value {
            case 0x0A, 0x09: result.append(keepsLines ? scalar : " ")
            case 0x1B: skipEscape(&scalars)
            case 0x9B: skipControl(&scalars)
            case 0x90, 0x98, 0x9D, 0x9E, 0x9F: skipString(&scalars)
            default:
                if !isDropped(scalar) { result.append(scalar) }
            }
        }
        return String(result)
    }

    /// After ESC: a control sequence, a string, or one character with its intermediates.
    private static func skipEscape(_ scalars: inout String.UnicodeScalarView.SubSequence) {
        guard let next = scalars.first else { return }
        switch next.value {
        case 0x5B:
            scalars.removeFirst()
            skipControl(&scalars)
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F:
            scalars.removeFirst()
            skipString(&scalars)
        case 0x20...0x2F:
            while let scalar = scalars.first, (0x20...0x2F).contains(scalar.value) { scalars.removeFirst() }
            if let scalar = scalars.first, (0x30...0x7E).contains(scalar.value) { scalars.removeFirst() }
        case 0x30...0x7E: scalars.removeFirst()
        default: break
        }
    }

    /// Parameters and intermediates up to the final byte of a control sequence.
    private static func skipControl(_ scalars: inout String.UnicodeScalarView.SubSequence) {
        while let scalar = scalars.first, (0x20...0x3F).contains(scalar.value) { scalars.removeFirst() }
        if let scalar = scalars.first, (0x40...0x7E).contains(scalar.value) { scalars.removeFirst() }
    }

    /// Up to BEL or ST. One that does not end within its line hides nothing: only its introducer goes.
    private static func skipString(_ scalars: inout String.UnicodeScalarView.SubSequence) {
        var rest = scalars
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case 0x07, 0x9C:
                scalars = rest
                return
            case 0x1B:
                if rest.first == "\\" { rest.removeFirst() }
                scalars = rest
                return
            case 0x0A: return
            default: break
            }
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x20...0x7E).contains(scalar.value) || (scalar.value >= 0xA0 && !isDropped(scalar))
    }

    /// Controls, directional marks, invisible characters, tags, and code points that stand for nothing.
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF: true
        default: scalar.properties.isNoncharacterCodePoint
        }
    }
}
