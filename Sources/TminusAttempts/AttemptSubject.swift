import CLinux
import Glibc
import TminusModel
import TminusPorts

/// An attempt as the runner knows it, and how its end is told from the evidence.
struct AttemptSubject: Sendable {
    let key: AttemptKey
    let directory: AttemptDirectory
    let masks: SecretMasks
    /// A secret that could not be read again on adoption: then outputs can't be masked, and are withheld.
    let unreadableSecret: String?

    enum Conclusion {
        case over(AttemptResult)
        /// A handle on the shim is the receiver's to close; nil when only the lock can be watched.
        case alive((pid: pid_t, handle: Int32)?)
    }

    /// Longest note, in bytes.
    static let noteBytesMax = 400

    /// What the evidence says now.
    ///
    /// - Parameters:
    ///   - shimStatus: How the shim ended, when it was ours; else -1.
    ///   - wasSeen: Whether a shim of this attempt was seen to live.
    func conclusion(shimStatus: Int32 = -1, wasSeen: Bool = false) -> Conclusion {
        // A shim may end between two looks; evidence that moves on settles after a few.
        for _ in 0..<8 {
            guard let evidence = try? directory.settle(wasSeen: wasSeen) else { return .alive(nil) }
            switch evidence {
            case .over(let record): return .over(result(record))
            case .neverStarted where Self.hasClaimed(shimStatus): return .over(AttemptResult(end: .vanished(.shimLost)))
            case .neverStarted:
                return .over(AttemptResult(end: Self.reason(shimStatus).map { .notStarted($0) } ?? .tombstoned))
            case .vanished(let cause): return .over(AttemptResult(end: .vanished(cause)))
            case .orphaned(let shim):
                let handle = linux_pidfd_open(shim)
                guard handle >= 0 else { continue }
                // Found again after the handle was opened: so the handle is on it.
                if directory.orphan() == shim { return .alive((shim, handle)) }
                close(handle)
            case .alive(let shim):
                guard let shim else { return .alive(nil) }
                let handle = linux_pidfd_open(shim)
                guard handle >= 0 else { return .alive(nil) }
                // Still locked after the handle was opened: so the handle is on the shim, not on a later process.
                if directory.isLocked() { return .alive((shim, handle)) }
                close(handle)
            }
        }
        return .alive(nil)
    }

    func result(_ record: ExitRecord) -> AttemptResult {
        let outputs = StepOutputs(path: directory.output)
        var entries = outputs.entries.map { Variable(name: $0.name, value: masks.redact($0.value)) }
        var note = entries.first { $0.name == "reason" }?.value ?? masks.redact(record.note)
        if let fault = outputs.fault {
            note = "its outputs were ignored: \(fault)"
        } else if let unreadableSecret, !entries.isEmpty {
            entries = []
            note = "its outputs were withheld: the secret \(unreadableSecret) can't be read any more to mask it"
        } else if note.isEmpty, record.logError != 0 {
            note = "its log could not be written: \(String(cString: strerror(record.logError)))"
        }
        note = Self.shortened(note)
        var elapsed: Duration? = .milliseconds(record.elapsedMilliseconds)
        if case .notStarted = record.end { elapsed = nil }
        return AttemptResult(end: record.end, outputs: entries, note: note.isEmpty ? nil : note, elapsed: elapsed)
    }

    /// At most `noteBytesMax` bytes of one line, without control characters.
    static func shortened(_ text: String) -> String {
        var result = ""
        var size = 0
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > noteBytesMax { break }
            result.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
        }
        return result
    }

    /// Ends by these codes come after the claim, whatever became of the file since.
    private static func hasClaimed(_ status: Int32) -> Bool {
        status == 0 || status == 1 << 8
    }

    /// Why our own shim claimed nothing; nil when there was none of ours, so that nothing speaks against trying again.
    private static func reason(_ status: Int32) -> String? {
        guard status >= 0 else { return nil }
        if status & 0x7F == SIGTERM { return "it was stopped before it began" }
        if status & 0x7F != 0 { return "its shim was killed by signal \(status & 0x7F) before it claimed the attempt" }
        return switch status >> 8 & 0xFF {
        case 65: "its shim refused the spec: tminus and tminus-shim may be of different versions"
        case 66: "its shim could not enter the attempt's directory"
        default: "its shim ended with code \(status >> 8 & 0xFF) before it claimed the attempt"
        }
    }
}
