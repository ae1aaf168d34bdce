/// What is to be gone back on.
package enum RollbackTarget: Equatable, Sendable {
    /// The topmost release of a (service, environment), or all above `to`, a version or a run's name.
    case service(String, environment: String, to: String?)
    /// One run that has ended.
    case run(String)
}

/// A rollback that somebody asked for, having seen what it does.
package struct RollbackOrder: Equatable, Sendable {
    /// The run to undo.
    package var run: String
    /// Of the plan that was shown; nil takes whatever plan there is.
    package var digest: String?
    package var reason: String
    /// The newest run above it, or an unfinished rollback of it, that whoever asks has seen.
    package var forced: String?
    package var isPastPivotAllowed: Bool

    /// Longest reason, in bytes.
    package static let reasonBytesMax = 4_096

    package init(
        run: String, digest: String? = nil, reason: String, forced: String? = nil, isPastPivotAllowed: Bool = false
    ) {
        self.run = run
        self.digest = digest
        self.reason = reason
        self.forced = forced
        self.isPastPivotAllowed = isPastPivotAllowed
    }
}

extension RollbackOrder: ReadFromJSON {
    package var json: JSON {
        .members([
            "run": .string(run), "digest": .text(digest), "reason": .string(reason), "forced": .text(forced),
            "pastPivot": .ifTrue(isPastPivotAllowed),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), digest: try fields.optional("digest"), reason: try fields.text("reason"),
            forced: try fields.optional("forced"), isPastPivotAllowed: try fields.flag("pastPivot"))
        try fields.finish()
        guard reason.contains(where: { !$0.isWhitespace }), reason.utf8.count <= Self.reasonBytesMax else {
            throw CodingFault(path: "reason", reason: "says nothing, or is longer than \(Self.reasonBytesMax) bytes")
        }
    }
}
