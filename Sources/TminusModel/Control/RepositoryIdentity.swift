/// Which repository an address means, however it is written: `https://Host/x.git`, `ssh://git@host:22/x/` and
/// `git@host:x` are one. Two addresses that mean one repository make one run of one tag.
///
/// What is told apart: hosts, ports other than a scheme's own, the case of paths, the homes of ssh users other than
/// `git`, and `/srv/x` from `/srv/x.git` on this machine, where both may be there. Symbolic links are not followed.
/// Where it errs, a tag is held rather than released twice.
package struct RepositoryIdentity: Hashable, Sendable, CustomStringConvertible {
    /// `host/path`, or an absolute path.
    package let description: String

    /// Of any text: one that is no address is its own identity. Holds no password.
    package init(_ address: String) {
        if address.utf8.starts(with: "/".utf8) {
            description = Self.local(address)
        } else if let rest = Self.rest(address, after: "file://") {
            description = Self.local(Self.decoded(rest))
        } else if let rest = Self.rest(address, after: "https://") {
            description = Self.remote(rest, port: "443", knowsHomes: false) ?? address
        } else if let rest = Self.rest(address, after: "ssh://") {
            description = Self.remote(rest, port: "22", knowsHomes: true) ?? address
        } else {
            description = Self.short(address) ?? address
        }
    }

    private static func rest(_ text: String, after prefix: String) -> String? {
        text.utf8.starts(with: prefix.utf8) ? String(text.dropFirst(prefix.count)) : nil
    }

    /// git opens the folder `.git` inside by itself.
    private static func local(_ path: String) -> String {
        var names = plain(path)
        if names.count > 1, names.last == ".git" { names.removeLast() }
        return "/" + names.joined(separator: "/")
    }

    /// Behind ssh a path may start with `~`, the user's home; behind https that is a name like any other.
    private static func remote(_ rest: String, port: String, knowsHomes: Bool) -> String? {
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let (user, host) = authority(rest[..<slash], port: port)
        var names = plain(decoded(String(rest[slash...])))
        if knowsHomes, names.first == "~" { names[0] = "~\(user)" }
        if knowsHomes, names.first == "~" || names.first == "~git" { names.removeFirst() }
        return joined(host, names)
    }

    /// `user@host:path`, relative to the user's home there.
    private static func short(_ address: String) -> String? {
        guard let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/") else { return nil }
        let path = address[address.index(after: colon)...]
        let (user, host) = authority(address[..<colon], port: "22")
        var names = plain(decoded(String(path)))
        let isAtHome = !path.utf8.starts(with: "/".utf8)
        if isAtHome, !user.isEmpty, user != "git" { names.insert("~\(user)", at: 0) }
        return joined(host, names)
    }

    private static func joined(_ host: String, _ names: [String]) -> String {
        var names = names
        if let last = names.last, last.utf8.count > 4, last.hasSuffix(".git") {
            names[names.count - 1] = String(last.dropLast(4))
        }
        return ([host] + names).joined(separator: "/")
    }

    /// The host in lower case, with a port that is not the scheme's own.
    private static func authority(_ text: Substring, port: String) -> (user: String, host: String) {
        var user = ""
        var host = text
        if let at = text.lastIndex(of: "@") {
            user = String(text[..<at].prefix { $0 != ":" })
            host = text[text.index(after: at)...]
        }
        let own = ":\(port)"
        if host.hasSuffix(own) { host = host.dropLast(own.count) }
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return (decoded(user), name)
    }

    /// The names of a path, without empty ones and detours.
    private static func plain(_ path: String) -> [String] {
        var names: [String] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(String(name)) }
        }
        return names
    }

    /// As it stands when a `%` in it means nothing.
    private static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(), let value = digits(high, low), value != 0
            else { return text }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self) ?? text
    }

    private static func digits(_ high: UInt8, _ low: UInt8) -> UInt8? {
        guard let high = Character(UnicodeScalar(high)).hexDigitValue,
            let low = Character(UnicodeScalar(low)).hexDigitValue
        else { return nil }
        return UInt8(exactly: 16 * high + low)
    }
}

extension TagOrigin {
    /// Whether both are the same tag of one repository, of whatever object and pipeline.
    package func isSameTag(as other: TagOrigin) -> Bool {
        tag == other.tag
            && (repository == other.repository
                || RepositoryIdentity(repository) == RepositoryIdentity(other.repository))
    }

    /// Whether both may make one run between them: one object and pipeline of one repository, however it is written.
    package func isSameRun(as other: TagOrigin) -> Bool {
        object == other.object && pipeline == other.pipeline && isSameTag(as: other)
    }
}
