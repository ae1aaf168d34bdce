/// Takes what senders of webhooks post, after it has proved itself.
package protocol WebhookReceiver: Sendable {
    /// What is wrong already with a request's path and headers; nil when its body is worth reading. Cheap.
    func refusal(_ name: String, _ headers: WebhookHeaders) -> WebhookAnswer?

    /// Verifies the raw body, and keeps a delivery before it says so.
    func take(_ name: String, _ headers: WebhookHeaders, body: [UInt8]) async -> WebhookAnswer
}

/// What a sender is told.
package enum WebhookAnswer: Equatable, Sendable {
    /// Kept: it survives a crash from here on.
    case accepted(tag: String)
    /// This very delivery was taken before, within the last 30 days.
    case known(tag: String)
    /// It came from who it says, and is of no tag that could be released; why, in words of ours.
    case ignored(String)
    /// There is no such webhook, or it is off: which of the two is nobody's business.
    case unknown
    /// It does not prove that it comes from the sender. Never says what is wrong: that would help to forge one.
    case refused
    /// Signed, and yet not readable; what is wrong.
    case malformed(String)
    /// It could not be kept; the sender may try again.
    case unavailable
}

/// A request's headers, in the order they came.
package struct WebhookHeaders: Sendable {
    private let fields: [(name: String, value: String)]

    /// Names in any case.
    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields.map { ($0.name.lowercased(), $0.value) }
    }

    /// All values of a header; its name in lower case.
    package func values(_ name: String) -> [String] {
        fields.compactMap { $0.name == name ? $0.value : nil }
    }

    /// The value of a header that is there once, and not empty.
    package func single(_ name: String) -> String? {
        let values = values(name)
        guard values.count == 1, let value = values.first, !value.isEmpty else { return nil }
        return value
    }
}
