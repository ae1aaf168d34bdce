import TminusCore
import TminusModel

/// The signs of states; colour never says more than they do.
package struct Glyphs: Equatable, Sendable {
    private let isUnicode: Bool

    package static let unicode = Glyphs(isUnicode: true)
    /// For terminals that know no more.
    package static let ascii = Glyphs(isUnicode: false)

    private func pick(_ sign: String, _ plain: String) -> String { isUnicode ? sign : plain }

    var need: String { pick("▸", ">") }
    var rule: String { pick("─", "-") }

    func step(_ step: StepState) -> (sign: String, style: Style) {
        switch step.undo {
        case .notAsked: break
        case .rollingBack: return (pick("↺", "<"), .active)
        case .unknown: return ("?", .bad)
        case .kept: return ("!", .bad)
        case .rolledBack: return (pick("↩", "<"), .undone)
        case .failed: return (pick("✗", "x"), .bad)
        case .skipped: break
        }
        switch step.status {
        case .pending: return (pick("·", "."), .faint)
        case .waiting: return (pick("◌", "o"), .caution)
        case .starting, .running: return (pick("▶", ">"), .active)
        case .succeeded: return (pick("✓", "+"), .good)
        case .failed: return (pick("✗", "x"), .bad)
        case .unknown: return ("?", .bad)
        case .cancelled: return (pick("⊘", "/"), .caution)
        case .skipped: return ("-", .faint)
        case .bypassed: return (pick("»", "~"), .caution)
        }
    }

    func verdict(_ verdict: Verdict?) -> String {
        switch verdict {
        case nil: pick("·", ".")
        case .pass: pick("✓", "+")
        case .warning: "!"
        case .fail: pick("✗", "x")
        case .inconclusive, .noData: pick("◌", "o")
        case .error: "?"
        }
    }

    func status(_ status: RunStatus) -> String {
        switch status {
        case .running: pick("▶", ">")
        case .waiting: pick("◌", "o")
        case .paused: pick("‖", "=")
        case .rollingBack: pick("↺", "<")
        case .ended(.succeeded): pick("✓", "+")
        case .ended(.rolledBack): pick("↩", "<")
        case .ended(.aborted): pick("⊘", "/")
        case .ended(.failed), .ended(.rollbackIncomplete): pick("✗", "x")
        }
    }
}
