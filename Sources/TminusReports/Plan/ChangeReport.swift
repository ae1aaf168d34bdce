package import TminusModel

/// The commits a release brings, and how long they have waited for it.
package struct ChangeReport: Sendable {
    /// Newest first, without merges.
    private let entries: [ChangelogEntry]
    /// What the first line says of them, such as `since v1.4.1 (checkout-12)`.
    private let since: String?
    /// How many there are in all, merges too; nil when `entries` are all that is known.
    private let added: Int?
    /// How many commits of the last release this one does not have.
    private let removed: Int
    /// Why nothing can be said; nil when it can.
    private let unknown: String?
    /// The moment they are to be released.
    private let until: Instant
    private let clock: WallClock

    /// More are counted, not shown.
    private static let shownMax = 20

    package init(
        _ entries: [ChangelogEntry], since: String? = nil, added: Int? = nil, removed: Int = 0, unknown: String? = nil,
        until: Instant, clock: WallClock
    ) {
        self.entries = entries
        self.since = since
        self.added = added
        self.removed = removed
        self.unknown = unknown
        self.until = until
        self.clock = clock
    }

    /// Empty when there is nothing to say.
    package var lines: [StyledLine] {
        if let unknown { return [StyledLine("unknown: \(unknown)", .caution)] }
        guard !entries.isEmpty || removed > 0 || since != nil else { return [] }
        let count = Count.of(added ?? entries.count, "commit")
        var lines = [StyledLine("\(count)\(since.map { " \($0)" } ?? "")")]
        if removed > 0 {
            let are = removed == 1 ? "1 commit of that release is" : "\(removed) commits of that release are"
            lines.append(StyledLine("\(are) not in this one: it goes back, or aside", .caution))
        }
        for entry in entries.prefix(Self.shownMax) {
            var line = StyledLine("\(entry.commit.prefix(12))  ", .faint)
            line.append(SafeText.line(entry.summary))
            line.append("  \(SafeText.line(entry.author)), \(clock.date(entry.committed))", .faint)
            lines.append(line)
        }
        let rest = (added ?? entries.count) - min(entries.count, Self.shownMax)
        if rest > 0 { lines.append(StyledLine("and \(rest) more", .faint)) }
        if let waits { lines.append(StyledLine(waits, .faint)) }
        return lines
    }

    /// `lead time: half of them waited at most 3d4h, the longest 12d`.
    private var waits: String? {
        guard let median = median, let longest = sortedWaits.last else { return nil }
        return "lead time: half of them waited at most \(Self.text(median)), the longest \(Self.text(longest))"
    }

    private var sortedWaits: [Duration] { entries.map { max(.zero, until.since($0.committed)) }.sorted() }

    private var median: Duration? {
        let waits = sortedWaits
        return waits.isEmpty ? nil : waits[(waits.count - 1) / 2]
    }

    /// Seconds are noise in hours, and minutes in days.
    private static func text(_ wait: Duration) -> String {
        let unit: Int64 = wait >= .seconds(86_400) ? 3_600_000 : wait >= .seconds(3_600) ? 60_000 : 1_000
        return Duration.milliseconds(wait.milliseconds / unit * unit).releaseText
    }

    package var json: JSON {
        .members([
            "since": since.map(JSON.string), "added": .integer(added ?? entries.count), "removed": .integer(removed),
            "unknown": unknown.map(JSON.string), "commits": .array(entries.map(\.json)),
            "leadTimeMedianMilliseconds": median.map { .integer($0.milliseconds) },
            "leadTimeLongestMilliseconds": sortedWaits.last.map { .integer($0.milliseconds) },
        ])
    }
}
