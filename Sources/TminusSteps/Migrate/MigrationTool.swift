import TminusModel

/// What every migration tool must be able to do. Exit codes are never proof: `status` is read again after `apply`.
protocol MigrationTool {
    /// What is applied and what would be, without changing anything.
    func status() throws(MigrationError) -> MigrationStatus
    /// What `apply` would do, as lines for the log.
    func preview() throws(MigrationError) -> [String]
    /// Applies what is pending, in order.
    func apply() throws(MigrationError)
    /// Undoes everything after version `target` (everything when nil), newest first.
    func revert(to target: String?) throws(MigrationError)
}

struct MigrationStatus: Equatable {
    /// The newest version applied; nil when there is none.
    var current: String?
    /// Names in the order they would be applied.
    var pending: [String]
    /// Half applied: only a person can say what to do.
    var isDirty: Bool
}

struct MigrationError: Error, Equatable {
    enum Code: Equatable {
        /// Nothing was changed.
        case refused
        /// Something went wrong; what is applied and what is not is still clear.
        case failed
        /// The tool's state can't be read.
        case unreadable
    }

    var code: Code
    var reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
