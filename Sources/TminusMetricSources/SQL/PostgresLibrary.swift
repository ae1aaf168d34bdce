import Clibpq
import TminusPorts

/// libpq, opened when PostgreSQL is first asked in this process.
enum PostgresLibrary {
    /// - Throws: `.unreachable` when this machine has none.
    static func functions() throws(MetricError) -> pq_functions {
        guard let functions = opened.functions else {
            throw MetricError(
                .unreachable, "its client library can't be opened: \(opened.reason); on Debian: apt-get install libpq5")
        }
        return functions
    }

    private static let opened = open()

    private static func open() -> (functions: pq_functions?, reason: String) {
        let room = UnsafeMutablePointer<pq_functions>.allocate(capacity: 1)
        defer { room.deallocate() }
        if let reason = pq_open(room) { return (nil, String(cString: reason)) }
        return (room.pointee, "")
    }
}
