import TminusModel

/// The byte strings that stand for an attempt's secrets in what it writes: each secret plain, line by line, as JSON
/// text, percent-encoded, in hexadecimal and in base64.
///
/// A net, not a wall: a step that compresses or cuts up a secret gets it through. Values under 8 bytes are not masked,
/// because they would mask half the log.
package struct SecretMasks: Equatable, Sendable {
    /// Shortest secret, and shortest mask.
    package static let bytesMin = 8
    /// Most the shim takes, lengths included.
    package static let encodedBytesMax = 16 << 20
    package static let replacement = "***"

    /// Distinct, each at least `bytesMin` bytes.
    package private(set) var masks: [[UInt8]] = []
    private var known: Set<[UInt8]> = []

    package init(of secrets: [[UInt8]]) {
        for secret in secrets { learn(secret) }
    }

    /// For the shim's standard input: each mask's length as four bytes, lowest first, then its bytes.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for mask in masks {
            let count = UInt32(truncatingIfNeeded: mask.count)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
            bytes.append(contentsOf: mask)
        }
        return bytes
    }

    /// Replaces each run of bytes that belong to occurrences of masks, overlapping and touching ones as one, by `***`.
    package func redact(_ bytes: [UInt8]) -> [UInt8] {
        var covered = [Bool](repeating: false, count: bytes.count)
        var any = false
        for mask in masks where mask.count <= bytes.count {
            for start in 0...(bytes.count - mask.count)
            where bytes[start] == mask[0] && bytes[start..<start + mask.count].elementsEqual(mask) {
                any = true
                for index in start..<start + mask.count { covered[index] = true }
            }
        }
        guard any else { return bytes }
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if !covered[index] {
                result.append(byte)
            } else if index == 0 || !covered[index - 1] {
                result.append(contentsOf: Self.replacement.utf8)
            }
        }
        return result
    }

    package func redact(_ text: String) -> String {
        masks.isEmpty ? text : String(decoding: redact(Array(text.utf8)), as: UTF8.self)
    }

    private mutating func add(_ mask: [UInt8]) {
        if mask.count >= Self.bytesMin, known.insert(mask).inserted { masks.append(mask) }
    }

    private mutating func learn(_ value: [UInt8]) {
        var secret = value[...]
        while secret.last == 0x0A || secret.last == 0x0D { secret.removeLast() }
        guard secret.count >= Self.bytesMin else { return }
        add(Array(secret))
        for line in secret.split(separator: 0x0A) { add(Array(line.last == 0x0D ? line.dropLast() : line)) }
        add(Self.json(secret, escapesSlash: false))
        add(Self.json(secret, escapesSlash: true))
        for digits in [Self.lower, Self.upper] {
            add(secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
            add(Self.percent(secret, digits, spaceAsPlus: false))
            add(Self.percent(secret, digits, spaceAsPlus: true))
        }
        for lead in 0..<3 {
            add(Self.base64(secret, lead: lead, lastTwo: "+/"))
            add(Self.base64(secret, lead: lead, lastTwo: "-_"))
        }
    }

    private static let lower = Array("0123456789abcdef".utf8)
    private static let upper = Array("0123456789ABCDEF".utf8)
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    private static func json(_ secret: ArraySlice<UInt8>, escapesSlash: Bool) -> [UInt8] {
        // The writer's form is the commonest; backspace and form feed also have a short one, which some writers use.
        let text = JSON.string(String(decoding: secret, as: UTF8.self)).bytes.dropFirst().dropLast()
        guard escapesSlash else { return Array(text) }
        return text.flatMap { $0 == UInt8(ascii: "/") ? Array(#"\/"#.utf8) : [$0] }
    }

    private static func percent(_ secret: ArraySlice<UInt8>, _ digits: [UInt8], spaceAsPlus: Bool) -> [UInt8] {
        secret.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                [byte]
            case UInt8(ascii: " ") where spaceAsPlus: [UInt8(ascii: "+")]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }

    /// Base64 with `lead` unknown bytes before the secret: only the characters that the secret alone decides.
    private static func base64(_ secret: ArraySlice<UInt8>, lead: Int, lastTwo: String) -> [UInt8] {
        let alphabet = Array((letters + lastTwo).utf8)
        let bytes = [UInt8](repeating: 0, count: lead) + secret
        let first = (lead * 8 + 5) / 6
        return (first..<max(first, bytes.count * 8 / 6)).map { position in
            let bit = position * 6
            let high = UInt16(bytes[bit / 8]) << 8
            let low = bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0
            return alphabet[Int((high | low) >> (10 - bit % 8)) & 63]
        }
    }
}
