import TminusModel

/// What a shim recorded when its attempt was over.
struct ExitRecord: Equatable {
    /// Longest record a shim writes.
    static let bytesMax = 4096
    /// Where a shim on a full disk puts the record in its claim.
    static let offsetInClaim = 1024

    var end: AttemptEnd
    var elapsedMilliseconds: Int64
    var boot: String
    var logBytes: Int64
    var droppedBytes: Int64
    /// Errno of the first write to the log that failed, or 0.
    var logError: Int32
    /// The last line of output that wasn't blank, or empty.
    var note: String

    /// Nil unless `bytes` hold a whole record: a torn one is no evidence.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        func value(_ name: String) -> String? {
            guard let line = lines.popFirst(), line.starts(with: name.utf8) else { return nil }
            let rest = line.dropFirst(name.utf8.count)
            guard rest.first == 0x20 else { return nil }
            return String(decoding: rest.dropFirst(), as: UTF8.self)
        }
        guard value("tminus-exit") == ShimSpec.version, let kind = value("kind"),
            let code = value("code").flatMap({ Int32($0) }), let text = value("text"),
            let elapsed = value("elapsedMilliseconds").flatMap({ Int64($0) }), elapsed >= 0,
            value("userMicroseconds") != nil, value("systemMicroseconds") != nil,
            value("residentKibibytesMax") != nil, let boot = value("boot"),
            let logBytes = value("logBytes").flatMap({ Int64($0) }),
            let dropped = value("droppedBytes").flatMap({ Int64($0) }),
            let logError = value("logError").flatMap({ Int32($0) }), let note = value("note"),
            lines.first?.elementsEqual("end".utf8) == true, let end = Self.end(kind, code, text)
        else { return nil }
        self.end = end
        elapsedMilliseconds = elapsed
        self.boot = boot
        self.logBytes = logBytes
        droppedBytes = dropped
        self.logError = logError
        self.note = note
    }

    private static func end(_ kind: String, _ code: Int32, _ text: String) -> AttemptEnd? {
        switch kind {
        case "exited": (0...255).contains(code) ? .exited(code) : nil
        case "signalled": .signalled(code)
        case "timedOut": .timedOut
        case "stopped": .stopped
        case "killFailed": .killFailed(text)
        case "notStarted": .notStarted(text)
        default: nil
        }
    }
}
