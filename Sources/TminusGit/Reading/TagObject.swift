/// An annotated tag as its bytes say, parsed strictly: header lines in git's order, each once.
struct TagObject {
    /// The id it points at, 40 lower-case digits.
    var target: String
    /// In git's words: commit, tree, blob, tag.
    var targetKind: String
    /// The name inside the object, which a signature covers, unlike the reference's name. Bytes that are no UTF-8 show
    /// as U+FFFD, so they never equal an accepted name.
    var name: String
    var tagger: GitPerson?
    /// What a signature covers: everything before it.
    var payload: [UInt8]
    /// From its `-----BEGIN` line to the end; nil when there is none.
    var signature: [UInt8]?

    /// Nil when the bytes are not a tag as git writes it.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard
            let target = Self.line("object ", &rest),
            target.count == 40,
            target.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let kind = Self.line("type ", &rest),
            let name = Self.line("tag ", &rest)
        else { return nil }
        self.target = target
        targetKind = kind
        self.name = name
        if rest.starts(with: "tagger ".utf8) {
            guard let line = Self.line("tagger ", &rest), let person = GitPerson(line: line) else { return nil }
            tagger = person
        }
        guard Self.skipsOtherHeaders(&rest) else { return nil }
        let start = Self.signatureStart(bytes)
        payload = Array(bytes[..<(start ?? bytes.endIndex)])
        signature = start.map { Array(bytes[$0...]) }
    }

    /// Takes a line that starts with `key` off the front, without its line end.
    private static func line(_ key: String, _ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.starts(with: key.utf8), let end = rest.firstIndex(of: 0x0A) else { return nil }
        let value = rest.dropFirst(key.utf8.count).prefix { $0 != 0x0A }
        rest = rest[(end + 1)...]
        return String(decoding: value, as: UTF8.self)
    }

    /// Later gits may add headers; one that repeats what was read could make two readers differ, so it is refused.
    private static func skipsOtherHeaders(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let taken = ["object ", "type ", "tag ", "tagger "]
        while let first = rest.first, first != 0x0A {
            guard !taken.contains(where: { rest.starts(with: $0.utf8) }) else { return false }
            guard let end = rest.firstIndex(of: 0x0A) else { return false }
            rest = rest[(end + 1)...]
        }
        return true
    }

    private static let beginnings = [
        "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----", "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SIGNED MESSAGE-----",
    ]

    /// Where the last line that begins a signature starts, as git finds it.
    private static func signatureStart(_ bytes: [UInt8]) -> Int? {
        var found: Int?
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let line = bytes[start...]
            if line.first == 0x2D, beginnings.contains(where: { line.starts(with: $0.utf8) }) { found = start }
            guard let end = line.firstIndex(of: 0x0A) else { break }
            start = end + 1
        }
        return found
    }
}
