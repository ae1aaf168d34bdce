import Glibc
package import Logging
import Synchronization
import TminusModel
import TminusReports

/// The engine's log: JSON lines in one file, moved aside at 16 MiB; one old file is kept.
///
/// Standard error goes to the same file when the engine has no terminal, so that a crash leaves its last words there.
package final class EngineLog: Sendable {
    package static let bytesMax = 16 * 1024 * 1024
    /// Longest line; a longer message is cut.
    static let messageMax = 16_384

    private struct State {
        var descriptor: Int32
        var size: Int
    }

    private let path: String
    private let takesStandardError: Bool
    private let bytesMax: Int
    private let state: Mutex<State>

    /// - Throws: `.failed` when the file cannot be opened.
    package init(path: String, takesStandardError: Bool, bytesMax: Int = EngineLog.bytesMax) throws(Failure) {
        self.path = path
        self.takesStandardError = takesStandardError
        self.bytesMax = bytesMax
        guard let opened = Self.opened(path, takesStandardError) else {
            throw Failure(.failed, "cannot open the engine's log \(path): \(String(cString: strerror(errno)))")
        }
        state = Mutex(opened)
    }

    deinit { _ = state.withLock { close($0.descriptor) } }

    /// Appends one line; what cannot be written is lost, for a full disk must not stop a rollback.
    func append(_ line: JSON) {
        let bytes = line.bytes + [UInt8(ascii: "\n")]
        state.withLock { state in
            if state.size + bytes.count > bytesMax, state.size > 0 { rotate(&state) }
            let written = write(state.descriptor, bytes, bytes.count)
            if written > 0 { state.size += written }
        }
    }

    private func rotate(_ state: inout State) {
        guard rename(path, path + ".1") == 0, let fresh = Self.opened(path, takesStandardError) else {
            // Without room to rotate the old file goes on; asking again at every line would cost more than it gains.
            state.size = 0
            return
        }
        close(state.descriptor)
        state = fresh
    }

    private static func opened(_ path: String, _ takesStandardError: Bool) -> State? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        if takesStandardError { dup2(descriptor, STDERR_FILENO) }
        return State(descriptor: descriptor, size: max(0, Int(lseek(descriptor, 0, SEEK_END))))
    }
}

/// Writes swift-log's messages into an `EngineLog`, and warnings to standard error too when a person watches.
package struct EngineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level = .info
    private let log: EngineLog
    private let label: String
    private let isEchoed: Bool

    package init(_ log: EngineLog, label: String, isEchoed: Bool) {
        self.log = log
        self.label = label
        self.isEchoed = isEchoed
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let now = LocalTime.now
        let message = String("\(event.message)".prefix(EngineLog.messageMax))
        var members = [
            JSON.Member("time", .string(now.iso8601)), JSON.Member("level", .string(event.level.rawValue)),
            JSON.Member("label", .string(label)), JSON.Member("message", .string(message)),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for key in all.keys.sorted() { members.append(JSON.Member(key, .string("\(all[key] ?? "")"))) }
        log.append(.object(members))
        if isEchoed { Output.complain("\(LocalTime.clock(at: now).time(now)) \(event.level.rawValue): \(message)") }
    }
}

extension Instant {
    /// `2026-11-20T23:45:46.123Z`.
    var iso8601: String {
        let utc = LocalTime.utc
        let milliseconds = ((millisecondsSinceEpoch % 1_000) + 1_000) % 1_000
        let digits = String(1_000 + milliseconds).dropFirst()
        return "\(utc.date(self))T\(utc.time(self)).\(digits)Z"
    }
}
