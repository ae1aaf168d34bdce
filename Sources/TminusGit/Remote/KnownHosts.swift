import Crypto
import Foundation

/// OpenSSH's known-hosts files, read the way ssh does: plain, `[host]:port`, hashed and wildcard names, `!` and
/// `@revoked`. Lines of certificate authorities are passed over, as libssh2 has no certificates.
struct KnownHosts {
    enum Verdict: Equatable {
        case known
        /// The host has no line at all.
        case unknown
        /// The host has lines, none with this key; the kinds of key they have, sorted.
        case different(known: [String])
        case revoked
    }

    private struct Line {
        var isRevoked: Bool
        var hosts: [Substring]
        var kind: String
        var key: [UInt8]
    }

    static let bytesMax = 8 << 20

    private var lines: [Line] = []

    init(_ texts: [String]) {
        for text in texts {
            lines += text.split(whereSeparator: \.isNewline).compactMap { Self.parse($0) }
        }
    }

    private static func parse(_ line: Substring) -> Line? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let first = words.first, !first.hasPrefix("#") else { return nil }
        var isRevoked = false
        if first.hasPrefix("@") {
            guard first == "@revoked" else { return nil }
            isRevoked = true
            words.removeFirst()
        }
        guard words.count >= 3, let key = Foundation.Data(base64Encoded: String(words[2])) else { return nil }
        let hosts = words[0].split(separator: ",")
        return Line(isRevoked: isRevoked, hosts: hosts, kind: String(words[1]), key: Array(key))
    }

    /// - Parameter key: in ssh's wire format.
    func judge(host: String, port: Int, key: [UInt8]) -> Verdict {
        let name = port == 22 ? host : "[\(host)]:\(port)"
        let matching = lines.filter { Self.matches($0.hosts, name) }
        if matching.contains(where: { $0.isRevoked && $0.key == key }) { return .revoked }
        let trusted = matching.filter { !$0.isRevoked }
        if trusted.contains(where: { $0.key == key }) { return .known }
        if trusted.isEmpty { return .unknown }
        return .different(known: Array(Set(trusted.map(\.kind))).sorted())
    }

    private static func matches(_ patterns: [Substring], _ name: String) -> Bool {
        var found = false
        for pattern in patterns {
            if pattern.hasPrefix("|1|") {
                if matchesHash(pattern, name) { found = true }
            } else if pattern.hasPrefix("!") {
                if matchesGlob(Array(pattern.dropFirst().lowercased().utf8), Array(name.utf8)) { return false }
            } else if matchesGlob(Array(pattern.lowercased().utf8), Array(name.utf8)) {
                found = true
            }
        }
        return found
    }

    /// `|1|salt|HMAC-SHA1(salt, name)`, both in base64.
    private static func matchesHash(_ pattern: Substring, _ name: String) -> Bool {
        let words = pattern.split(separator: "|")
        guard
            words.count == 3,
            let salt = Foundation.Data(base64Encoded: String(words[1])),
            let hash = Foundation.Data(base64Encoded: String(words[2]))
        else { return false }
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: salt))
        return Array(code) == Array(hash)
    }

    /// `*` and `?` only; linear, by going back to the last star.
    static func matchesGlob(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, at) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                (place, at) = (last.place + 1, last.at + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// A public key in ssh's wire format.
enum SSHKey {
    /// `ssh-ed25519` and so on; nil when the bytes are no key.
    static func kind(_ key: [UInt8]) -> String? {
        guard let bytes = field(key[...]) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding.
    static func fingerprint(_ key: some Sequence<UInt8>) -> String {
        let text = Foundation.Data(SHA256.hash(data: Array(key))).base64EncodedString()
        return "SHA256:" + text.prefix { $0 != "=" }
    }

    /// The first length-prefixed field; nil when it is cut short.
    static func field(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 else { return nil }
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 4 else { return nil }
        return bytes.dropFirst(4).prefix(length)
    }
}
