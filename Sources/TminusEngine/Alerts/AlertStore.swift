package import TminusJudgement
package import TminusModel

/// Where burn alerts outlive the engine.
package protocol AlertStore: Sendable {
    /// What was kept last; nil when nothing was.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path and what the disk said.
    func read() async throws(EngineError) -> [UInt8]?

    /// Replaces what was kept, whole or not at all.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path and what the disk said.
    func keep(_ bytes: [UInt8]) async throws(EngineError)

    /// Moves what was kept, and could not be understood, out of the way of what is kept next.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path and what the disk said.
    func setAside() async throws(EngineError)
}

/// One burn alert of a service's budget now.
package struct AlertStanding: Equatable, Sendable {
    package var service: String
    package var environment: String
    package var objective: String
    /// `fast`, `slow`, `day` or `threeDays`.
    package var name: String
    package var state: AlertState
}

extension AlertState {
    /// `inactive`, `pending`, `firing` or `resolved`.
    package var word: String {
        switch phase {
        case .inactive: "inactive"
        case .pending: "pending"
        case .firing: "firing"
        case .resolved: "resolved"
        }
    }

    /// Since when it is so; nil while inactive.
    package var since: Instant? {
        switch phase {
        case .inactive: nil
        case .pending(let since), .firing(let since): since
        case .resolved(let at): at
        }
    }
}
