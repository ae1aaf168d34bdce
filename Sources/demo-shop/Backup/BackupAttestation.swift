import Foundation

/// The evidence a backup leaves: what, when, where, and that it was restored. Instants are RFC 3339 in UTC.
struct BackupAttestation: Encodable, Sendable {
    struct Copy: Encodable, Sendable {
        let location: String
        let media: String
        let offsite: Bool
        let verified_at: String
    }

    struct RestoreTest: Encodable, Sendable {
        let started: String
        let finished: String
        let ok: Bool
        /// What was checked on the restored copy.
        let checks: [String]
        /// Rows by table, equal in the backup and in the restored copy.
        let rows: [String: Int]
    }

    let tool: String
    let id: String
    let started: String
    let finished: String
    let consistent_point: String
    /// Bytes.
    let size: Int
    let sha256: String
    let location: String
    let encrypted: Bool
    let verified_at: String
    let restore_test: RestoreTest
    let copies: [Copy]

    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
