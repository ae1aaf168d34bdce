package import TminusModel

/// What the engine answered instead of what was asked, or why no answer came.
package struct APIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable names: programs match on these, never on the message.
    package enum Code: String, Sendable, CaseIterable {
        /// Nobody listens on the socket, or the connection broke.
        case unreachable
        /// The answer is none of ours: another program, or a version that speaks differently.
        case malformed
        case badRequest
        /// The peer's account may not use this engine.
        case forbidden
        case notFound
        /// Understood, and not possible as things stand; the message says why and what to do instead.
        case refused
        case tooLarge
        /// The store could not be read or written.
        case store
        /// The engine is shutting down.
        case stopping
        /// A fault of ours.
        case fault
    }

    package var code: Code
    /// One sentence; holds no secrets.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// The HTTP status that carries this error; 100...599.
    package var status: Int {
        switch code {
        case .badRequest: 400
        case .forbidden: 403
        case .notFound: 404
        case .refused: 409
        case .tooLarge: 413
        case .fault, .malformed: 500
        case .store, .stopping, .unreachable: 503
        }
    }

    package var json: JSON {
        .members([
            "error": .members(["code": .string(code.rawValue), "message": .string(message)])
        ])
    }

    /// Nil when `json` is no error of ours.
    package init?(json: JSON) {
        guard let error = json["error"], let word = error["code"]?.text, let code = Code(rawValue: word) else {
            return nil
        }
        self.init(code, error["message"]?.text ?? word)
    }
}
