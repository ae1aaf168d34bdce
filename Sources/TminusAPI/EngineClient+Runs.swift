import AsyncHTTPClient
import NIOCore
package import TminusModel

extension EngineClient {
    /// Hands a plan over; returns the run's name once its first event is durable.
    package func submit(_ order: RunOrder) async throws(APIError) -> String {
        try WireReader(await post("/v1/runs", order.json)).text("run")
    }

    /// Hands a seal over; returns the name of the run that goes on from it.
    package func submit(_ order: SealedOrder) async throws(APIError) -> String {
        try WireReader(await post("/v1/sealed", order.json)).text("run")
    }

    /// Newest first.
    package func runs(
        service: String? = nil, environment: String? = nil, status: String? = nil, limit: Int = 50
    ) async throws(APIError) -> [RunSummary] {
        let query = Self.query([
            "service": service, "environment": environment, "status": status, "limit": String(limit),
        ])
        var summaries: [RunSummary] = []
        for element in try WireReader(await get("/v1/runs" + query)).elements("runs") {
            summaries.append(try RunSummary(wire: element))
        }
        return summaries
    }

    package func run(_ run: String) async throws(APIError) -> RunReply {
        try RunReply(json: await get("/v1/runs/" + Self.escaped(run)))
    }

    /// What happens now; a refusal is thrown as `.refused`.
    package func tell(_ run: String, _ order: CommandOrder) async throws(APIError) -> CommandReply {
        try CommandReply(json: await post("/v1/runs/\(Self.escaped(run))/commands", order.json))
    }

    /// The stored lines of a run's journal, with their hashes, oldest first.
    package func exportLines(of run: String) async throws(APIError) -> ByteLines {
        ByteLines(try await stream("/v1/runs/\(Self.escaped(run))/export"))
    }

    /// A step's log as it was written, from `offset`; the newest attempt's when none is named.
    package func log(
        of run: String, step: String, attempt: String?, offset: Int, onPiece: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        let query = Self.query(["step": step, "attempt": attempt, "offset": String(offset)])
        for try await piece in try await stream("/v1/runs/\(Self.escaped(run))/log" + query) {
            try await onPiece(Array(piece.readableBytesView)[...])
        }
    }

    /// A run's events after `sequence`, oldest first; with `follows` the stream stays open until the run has ended.
    package func events(of run: String, after sequence: Int = 0, follows: Bool) async throws(APIError) -> EventStream {
        let query = Self.query(["after": String(sequence), "follow": follows ? "true" : nil])
        return EventStream(ByteLines(try await stream("/v1/runs/\(Self.escaped(run))/events" + query)))
    }
}
