package import TminusModel

/// One line about an event of the control journal, for people.
package struct ControlLine: Equatable, Sendable {
    /// Without a line break; whatever came from outside is made safe for a terminal.
    package let text: String

    package init(_ event: ControlEvent, clock: WallClock) {
        text = "\(event.sequence)  \(clock.short(event.at))  \(SafeText.line(Self.sentence(event.body)))"
    }

    private static func sentence(_ body: ControlEvent.Body) -> String {
        switch body {
        case .freezeAdded(let rule, let by): "\(by) froze \(rule.name): \(rule.reason)"
        case .freezeEnded(let name, let by, let reason): "\(by) ended the freeze \(name): \(reason)"
        case .lineStopped(let rule, let by): "\(by) stopped the line (\(rule.name)): \(rule.reason)"
        case .lineReleased(let name, let by, let reason): "\(by) started the line again (\(name)): \(reason)"
        case .tokenCreated(let token, let by):
            "\(by) made \(token.name) for \(token.person), with \(token.rights.map(\.rawValue).joined(separator: ", "))"
        case .tokenRevoked(let name, let by, let reason): "\(by) revoked \(name): \(reason)"
        case .reviewOpened(let review):
            "\(review.name) is owed for \(review.run) (\(review.kind.rawValue)) by \(review.by): \(review.reason)"
        case .reviewClosed(let name, let by, let verdict): "\(by) closed \(name): \(verdict)"
        case .lockBroken(let service, let environment, let run, let by, let reason):
            "\(by) broke the lock of \(service) on \(environment), which \(run) held: \(reason)"
        case .orderRefused(let by, let order, let reason): "\(by) was refused to \(order): \(reason)"
        case .tagSeen(_, let tag, _, let decision, let reason, let run):
            "the tag \(tag) was \(decision)\(run.map { " as \($0)" } ?? ""): \(reason)"
        case .rollbackImported(let run, let by, let reason):
            "\(run) was done without the journal by \(by), and is in it now: \(reason)"
        case .releaseBlocked(let service, let version, let by, let reason):
            "\(by) blocked \(version) of \(service): \(reason)"
        case .releaseUnblocked(let service, let version, let by, let reason):
            "\(by) unblocked \(version) of \(service): \(reason)"
        case .runsPruned(let runs, let by, let reason):
            "\(by) pruned \(runs.count) runs, \(runs.first?.run ?? "none") to \(runs.last?.run ?? "none")"
                + (reason.isEmpty ? "" : ": \(reason)")
        }
    }
}
