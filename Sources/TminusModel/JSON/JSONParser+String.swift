extension JSONParser {
    /// Reads the string whose opening quote is next.
    mutating func string() throws(JSONError) -> String {
        offset += 1
        // Nearly all text has no escapes, and can be taken as it stands.
        let start = offset
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { offset += 1 }
        var text = bytes[start..<offset]
        while true {
            guard let byte = next else { throw error("the text ends inside a string") }
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("a string is not valid UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &text)
            case 0..<0x20: throw error("a control character inside a string must be escaped")
            default:
                text.append(byte)
                offset += 1
            }
        }
    }

    private mutating func escape(into text: inout ArraySlice<UInt8>) throws(JSONError) {
        guard let byte = next else { throw error("the text ends inside an escape") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if scalar >= 0xD800, scalar < 0xDC00 {
                guard next == UInt8(ascii: "\\") else { throw error("a lone surrogate") }
                offset += 1
                guard next == UInt8(ascii: "u") else { throw error("a lone surrogate") }
                offset += 1
                let low = try hexadecimal()
                guard low >= 0xDC00, low < 0xE000 else { throw error("a lone surrogate") }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw error("a lone surrogate") }
            text.append(contentsOf: String(unicode).utf8)
        default: throw error("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard bytes.count - offset >= 4,
            bytes[offset..<offset + 4].allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0)
            }),
            let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        offset += 4
        return value
    }
}
