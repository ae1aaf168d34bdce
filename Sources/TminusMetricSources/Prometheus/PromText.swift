import TminusModel
import TminusPorts

/// PromQL, written so that no name or value can change what it says.
enum PromText {
    /// `name{label="value",…}`, the arm's matcher last.
    ///
    /// - Throws: `.refused` for a label name that PromQL can't write.
    static func selector(
        _ selector: CounterSelector, suffix: String = "", bucket: Duration? = nil, arm: Variable?
    ) throws(MetricError) -> String {
        let name = selector.metric + suffix
        var matchers: [String] = []
        if !isName(name, colons: true) { matchers.append("__name__=\(quoted(name))") }
        for label in selector.labels + [arm].compactMap({ $0 }) {
            guard isName(label.name, colons: false) else {
                throw MetricError(.refused, "\(label.name.sentence(limit: 60)) is no name for a Prometheus label")
            }
            matchers.append("\(label.name)=\(quoted(label.value))")
        }
        if let bucket { matchers.append("le=~\(quoted(boundPattern(bucket)))") }
        return (isName(name, colons: true) ? name : "") + "{\(matchers.joined(separator: ","))}"
    }

    static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): colons
            default: false
            }
        }
    }

    /// A string in double quotes, as PromQL reads them.
    static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// What stands between double quotes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                result += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A regular expression (RE2, anchored) that only `text` matches.
    static func pattern(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Every usual spelling of a bucket's bound in seconds: `0.3`, `.3`, `0.30`, `3e-1`, `3.0E-01`.
    static func boundPattern(_ bound: Duration) -> String {
        let text = bound.secondsText
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String((parts.first ?? "").drop { $0 == "0" })
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let decimal =
            whole.isEmpty ? "0*\\.\(fraction)0*" : "0*\(whole)" + (fraction.isEmpty ? "(\\.0*)?" : "\\.\(fraction)0*")
        let all = Array((whole + fraction).drop { $0 == "0" })
        let lead = (whole + fraction).prefix { $0 == "0" }.count
        let exponent = whole.count - 1 - lead
        let rest = String(String(all.dropFirst()).reversed().drop { $0 == "0" }.reversed())
        let mantissa = "\(all.first.map { String($0) } ?? "0")" + (rest.isEmpty ? "(\\.0*)?" : "\\.\(rest)0*")
        let sign = exponent < 0 ? "-" : "\\+?"
        return "\\+?(\(decimal)|\(mantissa)[eE]\(sign)0*\(exponent.magnitude))"
    }

    /// A length as PromQL writes it: `90s`, or `1500ms`.
    static func length(_ duration: Duration) -> String {
        let all = max(duration.milliseconds, 1)
        return all % 1_000 == 0 ? "\(all / 1_000)s" : "\(all)ms"
    }

    /// What a person wrote, with `$window` and `$arm` filled in.
    ///
    /// `="$arm"` and `=~"$arm"` match the arm's value; for the whole service, which has none, they match anything.
    ///
    /// - Throws: `.refused` when the arm can't be told from the text, or stands where it can't be left out.
    static func filled(_ text: String, window: Duration, arm: String) throws(MetricError) -> String {
        let hasArm = text.contains("$arm")
        guard arm.isEmpty || hasArm else {
            throw MetricError(
                .refused, "the PromQL names no $arm, so the two versions can't be told apart; write {version=\"$arm\"}")
        }
        var result = replaced(text, "$window", length(window))
        if arm.isEmpty {
            for equals in ["=~", "="] {
                result = replaced(result, equals + "\"$arm\"", "=~\".*\"")
                result = replaced(result, equals + "'$arm'", "=~\".*\"")
            }
            guard !result.contains("$arm") else {
                throw MetricError(
                    .refused, "the whole service is asked, and the PromQL needs an arm; write $arm as label=\"$arm\"")
            }
            return result
        }
        for quote in ["\"", "'"] {
            result = replaced(result, "=~\(quote)$arm\(quote)", "=~\(quoted(pattern(arm)))")
            result = replaced(result, "=\(quote)$arm\(quote)", "=\(quoted(arm))")
        }
        return replaced(result, "$arm", escaped(arm))
    }

    private static func replaced(_ text: String, _ part: String, _ other: String) -> String {
        text.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
