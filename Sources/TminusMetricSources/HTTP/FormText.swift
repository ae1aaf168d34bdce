import TminusModel

/// Names and values as a URL's query or a form's body carries them.
enum FormText {
    /// `a=1&b=two%20words`, in the order given.
    static func encoded(_ fields: KeyValuePairs<String, String>) -> String {
        fields.map { "\(percent($0.key))=\(percent($0.value))" }.joined(separator: "&")
    }

    /// Everything but letters, digits and `-._~` as `%XX` of its UTF-8.
    static func percent(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

extension Instant {
    /// Seconds since 1970 in decimal, such as `1763693610.25`.
    var epochText: String { Duration.milliseconds(millisecondsSinceEpoch).secondsText }
}

extension String {
    /// Safe to print: one line, no control characters, cut at `limit` characters.
    func sentence(limit: Int = 200) -> String {
        let clean = unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        return clean.count > limit ? String(clean.prefix(limit)) + "…" : String(clean)
    }

    /// Without a secret that an answer may repeat.
    func hiding(_ secret: String?) -> String {
        guard let secret, !secret.isEmpty else { return self }
        return split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
    }
}
