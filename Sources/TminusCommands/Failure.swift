import TminusAPI

/// Why a command could not do what it was asked: what is wrong, and what to do.
package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    package var status: ExitStatus
    /// Empty when everything was said already.
    package var description: String

    package init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    /// Ends the command with a status and not another word.
    package static func silent(_ status: ExitStatus) -> Failure { Failure(status, "") }
}

extension Failure {
    init(_ error: APIError) {
        switch error.code {
        case .badRequest, .tooLarge: self.init(.badInput, error.message)
        case .unreachable, .malformed, .forbidden, .notFound, .refused, .store, .stopping, .fault:
            self.init(.failed, error.message)
        }
    }
}
