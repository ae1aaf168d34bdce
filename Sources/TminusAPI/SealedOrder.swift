package import TminusModel

/// `POST /v1/sealed`: a seal to go on from, as it stands in its file.
package struct SealedOrder: Equatable, Sendable {
    package var seal: String
    package var reason: String?

    /// Largest body the engine takes: as many files as a run may have, in base64, and the plan.
    package static let bytesMax = 96 << 20

    package init(seal: String, reason: String? = nil) {
        self.seal = seal
        self.reason = reason
    }

    package var json: JSON { .members(["seal": .string(seal), "reason": reason.map(JSON.string)]) }

    /// - Throws: `.badRequest` with the place of what is wrong.
    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        seal = try reader.text("seal")
        reason = try reader.optionalText("reason")
    }
}
