package import TminusModel

/// `POST /v1/prune`: what was removed, or by a dry run would be, and what stays.
package struct PruneReply: Equatable, Sendable {
    package struct Spared: Equatable, Sendable {
        package var reason: PruneSparing
        package var runs: Int

        package init(reason: PruneSparing, runs: Int) {
            self.reason = reason
            self.runs = runs
        }
    }

    package var pruned: [PrunedRun]
    package var spared: [Spared]
    /// Given back to the file system.
    package var freedBytes: Int64
    /// Ask again.
    package var hasMore: Bool

    package init(pruned: [PrunedRun], spared: [Spared], freedBytes: Int64, hasMore: Bool) {
        self.pruned = pruned
        self.spared = spared
        self.freedBytes = freedBytes
        self.hasMore = hasMore
    }

    package var json: JSON {
        .members([
            "pruned": .array(pruned.map(\.json)),
            "spared": .array(
                spared.map { .members(["reason": .string($0.reason.rawValue), "runs": .integer($0.runs)]) }),
            "freedBytes": .integer(freedBytes), "hasMore": .bool(hasMore),
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        pruned = []
        for element in try reader.elements("pruned") {
            do { pruned.append(try PrunedRun(json: element)) } catch {
                throw APIError(.malformed, "pruned: \(error)")
            }
        }
        spared = []
        for element in try reader.elements("spared") {
            let member = try WireReader(element)
            // A newer engine may spare for reasons that we do not know.
            guard let reason = PruneSparing(rawValue: try member.text("reason")) else { continue }
            spared.append(Spared(reason: reason, runs: try member.integer("runs")))
        }
        freedBytes = Int64(try reader.integer("freedBytes"))
        hasMore = try reader.optionalFlag("hasMore") ?? false
    }
}
