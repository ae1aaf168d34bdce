internal import TminusModel
internal import TminusPorts

/// The tracks of the indicators that budgets were measured by lately. Lives in the scraper's isolation only.
final class CounterTracks {
    private struct Name: Hashable {
        var endpoint: String
        var counting: Counting
        var every: Duration
    }

    /// Tracks kept in memory; the one longest unused goes.
    static let kept = 8
    /// Scrapes read from the store at a time.
    private static let pieceIntervals: Int64 = 500

    private let turn = Turnstile()
    private var tracks: [Name: (track: CounterTrack, usedAt: Int, length: Duration)] = [:]
    private var uses = 0

    /// The track of an endpoint's indicator from `from` or earlier to what the store holds now.
    func track(
        of indicator: Indicator, at endpoint: String, every: Duration, from: Instant, to: Instant,
        samples: any SampleStore, isolation: isolated (any Actor)? = #isolation
    ) async throws(StoreError) -> CounterTrack {
        await turn.enter()
        defer { turn.leave() }
        let name = Name(endpoint: endpoint, counting: indicator.counting, every: every)
        let new = CounterTrack(indicator: indicator, every: every, from: from)
        let known = tracks.removeValue(forKey: name)
        var track = known?.track ?? new
        if track.from > from { track = new }
        try await Self.read(samples, endpoint, into: &track, to: to)
        // Budgets of different windows share a track: the longest says what may go.
        let length = max(known?.length ?? .zero, to.since(from))
        track.drop(before: to.advanced(by: .zero - length))
        uses += 1
        tracks[name] = (track, uses, length)
        if tracks.count > Self.kept, let oldest = tracks.min(by: { $0.value.usedAt < $1.value.usedAt })?.key {
            tracks[oldest] = nil
        }
        return track
    }

    /// A track that is read for once and not remembered.
    static func unkept(
        of indicator: Indicator, at endpoint: String, every: Duration, from: Instant, to: Instant,
        samples: any SampleStore, isolation: isolated (any Actor)? = #isolation
    ) async throws(StoreError) -> CounterTrack {
        var track = CounterTrack(indicator: indicator, every: every, from: from)
        try await read(samples, endpoint, into: &track, to: to)
        return track
    }

    private static func read(
        _ samples: any SampleStore, _ endpoint: String, into track: inout CounterTrack, to: Instant,
        isolation: isolated (any Actor)? = #isolation
    ) async throws(StoreError) {
        let piece = Duration.milliseconds(min(max(track.every.milliseconds, 1), 86_400_000) * pieceIntervals)
        var from = track.newest ?? track.from
        while from < to {
            let until = min(from.advanced(by: piece), to)
            for scrape in try await samples.scrapes(of: endpoint, from: from, to: until) { track.take(scrape) }
            from = until
        }
    }
}
