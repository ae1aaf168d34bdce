/// Who made a commit or a tag, and when, as written there: a claim anybody can make, never an identity.
package struct GitPerson: Equatable, Sendable {
    /// May be empty; safe to print.
    package var name: String
    /// May be empty; safe to print.
    package var email: String
    /// Seconds since 1970; may be negative, or in the future.
    package var seconds: Int64
    /// The zone it was written in, minutes east of UTC.
    package var zoneMinutes: Int

    package init(name: String, email: String, seconds: Int64, zoneMinutes: Int) {
        self.name = PrintableText.line(name, limit: 200)
        self.email = PrintableText.line(email, limit: 200)
        self.seconds = seconds
        self.zoneMinutes = zoneMinutes
    }

    /// From `Name <email> 1763596800 +0900`; nil when it is not written so.
    init?(line: String) {
        guard
            let close = line.lastIndex(of: ">"),
            let open = line[..<close].lastIndex(of: "<")
        else { return nil }
        let words = line[line.index(after: close)...].split(separator: " ")
        guard words.count == 2, let seconds = Int64(words[0]), let zone = Self.minutes(words[1]) else { return nil }
        let name = line[..<open]
        self.init(
            name: String(name.hasSuffix(" ") ? name.dropLast() : name),
            email: String(line[line.index(after: open)..<close]), seconds: seconds, zoneMinutes: zone
        )
    }

    private static func minutes(_ zone: Substring) -> Int? {
        guard zone.utf8.count == 5, let number = Int(zone), zone.first == "+" || zone.first == "-" else { return nil }
        return number / 100 * 60 + number % 100
    }
}
