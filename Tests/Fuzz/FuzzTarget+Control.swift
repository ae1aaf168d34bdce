import TminusGit
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusPorts
import TminusTriggers

/// Readers of what other people, their programs and their repositories send.
extension FuzzTarget {
    /// A recurrence, when it starts, and its zone, a line each: what falls into forty days is in order and in them.
    static func window(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let rule = try? RecurrenceRule(String(lines[0])),
            let start = CivilTime(text: String(lines[1])), let zone = Zone(String(lines[2]))
        else { return }
        let end = CivilTime(day: start.day.advanced(by: 40), second: 86_399)
        let times = Occurrences(rule, start: start, zone: zone).times(from: start, through: end)
        precondition(zip(times, times.dropFirst()).allSatisfy(<), "out of order, or twice")
        precondition(times.allSatisfy { $0 >= start && $0 <= end }, "out of the bounds asked for")
        precondition(rule.count.map { times.count <= $0 } ?? true, "more often than COUNT says")
    }

    static func policy(_ bytes: [UInt8]) {
        do {
            _ = try PolicyLoader.load(bytes: bytes, file: "tminus.yaml")
        } catch {
            precondition(!error.diagnostics.isEmpty, "refused without a reason")
        }
    }

    /// Lines of `name: value`, an empty one, and the body, as from each sender.
    static func webhook(_ bytes: [UInt8]) {
        let (headers, body) = delivery(bytes)
        for sender in WebhookSpec.Sender.allCases {
            guard case .tag(let name, let id)? = try? WebhookNews.read(body, headers, from: sender) else { continue }
            precondition(TagName.isAccepted(name), "a tag that is never released")
            precondition(!id.isEmpty && id.utf8.count <= WebhookNews.idBytesMax, "an id without bounds")
        }
    }

    /// The same, held against a secret that nobody told: nothing is ever right by it.
    static func signature(_ bytes: [UInt8]) {
        let (headers, body) = delivery(bytes)
        let secret = Array("a secret that no fuzzer knows: \(body.count)-\(bytes.count)".utf8)
        for sender in WebhookSpec.Sender.allCases {
            let looksRight = WebhookCheck.isWorthReading(headers, from: sender)
            let isRight = WebhookCheck(sender, secrets: [secret])?.isRight(headers, body: body) ?? false
            precondition(!isRight, "right without the secret")
            precondition(looksRight || !isRight, "right, and not worth reading")
        }
    }

    /// A tag's name, and an address that a repository may have.
    static func refname(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if TagName.isAccepted(text) {
            precondition(bytes.count <= TagName.bytesMax, "a name without bounds")
            precondition(
                bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "$") },
                "a name that a shell or a path reads otherwise")
            precondition(bytes.first != UInt8(ascii: "-"), "a name that is an option")
        }
        if let url = try? GitURL(text) {
            precondition(!"\(url)".contains("\n"), "an address of two lines")
            precondition(url.path.utf8.first != UInt8(ascii: "-"), "a path that is an option")
            precondition(!url.host.utf8.starts(with: "-".utf8), "a host that is an option")
        }
    }

    /// A token as it is kept.
    static func token(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), let token = try? AccessToken(json: json) else { return }
        precondition((try? AccessToken(json: token.json)) == token, "written and read again, it is another")
    }

    private static func delivery(_ bytes: [UInt8]) -> (WebhookHeaders, [UInt8]) {
        var fields: [(name: String, value: String)] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == 0x20 }
            fields.append((String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return (WebhookHeaders(fields), Array(rest))
    }
}
