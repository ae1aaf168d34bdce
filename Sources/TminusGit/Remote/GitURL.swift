/// Where a repository is: on this machine, or at an https or ssh host. Anything else does not become one.
///
/// Its description never holds the password.
package struct GitURL: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The ways Tminus fetches.
    package enum Scheme: String, Sendable {
        case file
        case https
        case ssh
    }

    /// The longest URL, in bytes.
    package static let bytesMax = 2_048

    package let scheme: Scheme
    /// Lower case; empty for a file. An IPv6 address stands without brackets.
    package let host: String
    /// 1...65535; nil for the scheme's own.
    package let port: Int?
    package let user: String?
    /// Starts with `/`, except in the short form `git@host:path`, where it is relative to the home there.
    package let path: String
    /// What stood behind the user, percent-decoded; used when no other credential is given.
    let password: String?
    package var hasPassword: Bool { password != nil }

    /// - Throws: `.badURL` with the forms there are.
    package init(_ text: String) throws(GitError) {
        let shown = Self.withoutPassword(text)
        guard !text.isEmpty, text.utf8.count <= Self.bytesMax else {
            throw Self.refusal(shown, "it is empty or longer than \(Self.bytesMax) bytes")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) || text.hasPrefix("/") || text.hasPrefix("file:///")
        else { throw Self.refusal(shown, "it has spaces, control characters or letters beyond ASCII") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Self.refusal(shown, "it has control characters")
        }
        if text.hasPrefix("/") {
            try self.init(file: text, shown: shown)
        } else if text.hasPrefix("file:///") {
            guard let path = String(text.dropFirst(7)).percentDecoded else {
                throw Self.refusal(shown, "a % in it is not followed by two hexadecimal digits")
            }
            try self.init(file: path, shown: shown)
        } else if text.hasPrefix("https://") {
            try self.init(.https, rest: text.dropFirst(8), shown: shown)
        } else if text.hasPrefix("ssh://") {
            try self.init(.ssh, rest: text.dropFirst(6), shown: shown)
        } else {
            try self.init(short: text, shown: shown)
        }
    }

    /// What is shown of it must be what it is: an encoded line end would begin a line of its own in a log.
    private init(file path: String, shown: String) throws(GitError) {
        guard path.unicodeScalars.allSatisfy(PrintableText.isVisible) else {
            throw Self.refusal(shown, "its path has control characters, or others that can't be seen")
        }
        scheme = .file
        host = ""
        port = nil
        user = nil
        password = nil
        self.path = path
    }

    /// `git@host:path`, as `git clone` takes it.
    private init(short text: String, shown: String) throws(GitError) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.refusal(shown, "it names no host") }
        let front = text[..<colon]
        let path = text[text.index(after: colon)...]
        guard !path.hasPrefix("//"), !path.hasPrefix(":") else {
            throw Self.refusal(shown, "Tminus does not fetch with \"\(PrintableText.line(String(front), limit: 20))\"")
        }
        guard !path.isEmpty, !front.contains("/") else { throw Self.refusal(shown, "it names no repository") }
        guard !path.hasPrefix("-") else { throw Self.refusal(shown, "its path starts with -") }
        try self.init(.ssh, authority: front, path: String(path), shown: shown)
    }

    private init(_ scheme: Scheme, rest: Substring, shown: String) throws(GitError) {
        guard let slash = rest.firstIndex(of: "/") else { throw Self.refusal(shown, "it names no repository") }
        try self.init(scheme, authority: rest[..<slash], path: String(rest[slash...]), shown: shown)
    }

    private init(_ scheme: Scheme, authority: Substring, path: String, shown: String) throws(GitError) {
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, let last = parts.last else { throw Self.refusal(shown, "it has more than one @") }
        let (host, port) = try Self.hostAndPort(last, shown: shown)
        var user: String?
        var password: String?
        if parts.count == 2 {
            let words = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = words.first.flatMap { String($0).percentDecoded }
            password = words.count == 2 ? String(words[1]).percentDecoded : nil
            guard let user, Self.isUser(user), words.count < 2 || password != nil else {
                throw Self.refusal(shown, "its user is not one Tminus passes on: letters, digits and . _ + -")
            }
        }
        guard path != "/", path.utf8.allSatisfy({ Self.pathPunctuation.contains($0) || Self.isWord($0) }) else {
            throw Self.refusal(shown, "its path has characters other than letters, digits and / . _ ~ + - % @ , = :")
        }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.path = path
    }

    private static func hostAndPort(_ text: Substring, shown: String) throws(GitError) -> (String, Int?) {
        var host = text
        var port: Substring?
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw refusal(shown, "its host is not well written") }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit || $0 == 0x3A || $0 == 0x2E }) else {
                throw refusal(shown, "its host is no IPv6 address")
            }
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                port = text[text.index(after: colon)...]
            }
            guard let first = host.utf8.first, isLetterOrDigit(first), host.utf8.allSatisfy(isWord) else {
                throw refusal(shown, "its host is not a name or address")
            }
        }
        guard !host.isEmpty, host.utf8.count <= 253 else { throw refusal(shown, "it names no host") }
        guard let port else { return (host.lowercased(), nil) }
        let isNumber = port.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = Int(port), (1...65_535).contains(number) else {
            throw refusal(shown, "its port is not 1 to 65535")
        }
        return (host.lowercased(), number)
    }

    private static let pathPunctuation = Array("/~+%@,=:".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isUser(_ user: String) -> Bool {
        guard let first = user.utf8.first, user.utf8.count <= 128 else { return false }
        return isLetterOrDigit(first) && user.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "+") || $0 == 0x40 }
    }

    private static func refusal(_ shown: String, _ reason: String) -> GitError {
        GitError(
            .badURL,
            "can't fetch from \"\(shown)\": \(reason); write https://host/path, ssh://git@host/path, git@host:path "
                + "or a path that starts with /"
        )
    }

    /// Whatever `text` is, without what may be a password: anything between the first `://` (or the start) and the last
    /// `@` goes.
    static func withoutPassword(_ text: String) -> String {
        let line = PrintableText.line(text, limit: 200)
        guard let at = line.lastIndex(of: "@") else {
            // Cut before its @, a password could show.
            return text.contains("@") ? "(a URL with a user or password)" : line
        }
        let words = line.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let start = words.count == 2 ? words[1].startIndex : line.startIndex
        guard start <= at, let colon = line[start..<at].firstIndex(of: ":") else { return line }
        return String(line[..<colon] + line[at...])
    }
}

extension GitURL {
    /// As libgit2 gets it: without the password.
    package var description: String {
        if scheme == .file { return path }
        let name = host.contains(":") ? "[\(host)]" : host
        guard path.hasPrefix("/") else { return "\(user.map { "\($0)@" } ?? "")\(name):\(path)" }
        return "\(scheme.rawValue)://\(user.map { "\($0.percentEncoded)@" } ?? "")\(name)"
            + "\(port.map { ":\($0)" } ?? "")\(path)"
    }

    /// Nothing of the parts, as one is the password.
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// What libgit2 opens.
    var address: String { scheme == .file ? "file://\(path.percentEncoded)" : description }
}

extension String {
    fileprivate var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            let scalar = UnicodeScalar(byte)
            let character = Character(scalar)
            if byte < 0x7F, character.isLetter || character.isNumber || "/._~-+".contains(character) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    /// Nil when a `%` is not followed by two hexadecimal digits.
    fileprivate var percentDecoded: String? {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard
                let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
