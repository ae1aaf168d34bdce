package import TminusModel

/// The answer to an order that was taken.
package struct ControlReply: Equatable, Sendable {
    /// What happens now.
    package var message: String
    /// A new token itself; said this once.
    package var secret: String?

    package init(message: String, secret: String? = nil) {
        self.message = message
        self.secret = secret
    }

    package var json: JSON {
        .members(["message": .string(message), "token": secret.map(JSON.string)])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        message = try reader.text("message")
        secret = try reader.optionalText("token")
    }
}
