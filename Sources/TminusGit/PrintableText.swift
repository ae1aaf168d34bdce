/// Text from a repository or a git host, made safe to print: nothing in it moves a cursor, hides or turns around.
package enum PrintableText {
    /// One line: controls, line ends and invisible characters become `\u{…}`, letters of any language stay;
    /// cut to `limit` characters with `…`.
    package static func line(_ text: String, limit: Int) -> String {
        var line = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return line + "…" }
            count += 1
            if isVisible(scalar) {
                line.unicodeScalars.append(scalar)
            } else {
                line += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return line
    }

    /// Whether it moves no cursor, hides nothing and turns nothing around.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
