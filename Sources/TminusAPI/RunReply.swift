package import TminusModel

/// `GET /v1/runs/:run`: a run's summary and what it waits for.
package struct RunReply: Equatable, Sendable {
    package var summary: RunSummary
    /// Sentences for people, most urgent first; empty when nothing is needed.
    package var needs: [String]

    package init(summary: RunSummary, needs: [String]) {
        self.summary = summary
        self.needs = needs
    }

    package var json: JSON {
        .object((summary.json.members ?? []) + [JSON.Member("needs", .strings(needs))])
    }

    package init(json: JSON) throws(APIError) {
        let members = (json.members ?? []).filter { $0.key != "needs" }
        summary = try RunSummary(wire: .object(members))
        needs = try WireReader(json).elements("needs").compactMap(\.text)
    }
}

extension RunSummary {
    /// - Throws: `.malformed` with the member that could not be read.
    package init(wire json: JSON) throws(APIError) {
        do { try self.init(json: json) } catch { throw APIError(.malformed, "run summary: \(error)") }
    }
}
