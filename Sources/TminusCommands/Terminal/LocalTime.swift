import Glibc
package import TminusModel
import TminusReports

/// The wall clock of this machine's zone.
package enum LocalTime {
    /// With the offset that held at `instant`.
    static func clock(at instant: Instant) -> WallClock {
        var seconds = time_t(instant.millisecondsSinceEpoch / 1_000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return .utc }
        return WallClock(offsetSeconds: parts.tm_gmtoff)
    }

    static let utc = WallClock.utc

    static func full(_ instant: Instant) -> String { clock(at: instant).full(instant) }

    /// The wall clock as it stands.
    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(millisecondsSinceEpoch: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
