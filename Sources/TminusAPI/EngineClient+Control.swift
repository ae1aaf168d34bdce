package import TminusModel

extension EngineClient {
    /// What happens now; a refusal is thrown as `.refused`.
    package func order(_ order: ControlOrder) async throws(APIError) -> ControlReply {
        try ControlReply(json: await post("/v1/control", order.json))
    }

    /// Freezes added by command, stopped lines, and the policy's own freezes: `{freezes: [{freeze, by,
    /// sinceMilliseconds}], lines: […], policy: [{freeze, zone}]}`.
    package func freezes() async throws(APIError) -> JSON { try await get("/v1/freezes") }

    /// `{tokens: [{name, person, isAutomation, rights, services, expiresMilliseconds}]}`.
    package func tokens() async throws(APIError) -> JSON { try await get("/v1/tokens") }

    /// `{reviews: […], blocks: […]}`.
    package func reviews() async throws(APIError) -> JSON { try await get("/v1/reviews") }

    /// `{locks: [{service, environment, holder, by, reason, sinceMilliseconds, queue: [{run, by, …}]}]}`.
    package func locks() async throws(APIError) -> JSON { try await get("/v1/locks") }

    /// `{releases: […]}`, newest first.
    package func releases(
        service: String?, environment: String?, limit: Int = 50
    ) async throws(APIError) -> JSON {
        let query = Self.query([
            "service": service, "environment": environment, "limit": String(limit),
        ])
        return try await get("/v1/releases" + query)
    }

    /// Events of the control journal after `sequence`, oldest first, at most a thousand.
    package func controlEvents(after sequence: Int) async throws(APIError) -> [ControlEvent] {
        var events: [ControlEvent] = []
        for json in try WireReader(await get("/v1/audit?after=\(sequence)")).elements("events") {
            do { events.append(try ControlEvent(json: json)) } catch {
                throw APIError(.malformed, "the engine's answer can't be read: \(error)")
            }
        }
        return events
    }

    /// Has the engine check the hash chain of a run's journal; `.store` says where it breaks.
    package func verify(_ run: String) async throws(APIError) {
        _ = try await post("/v1/runs/\(Self.escaped(run))/verify", .object([]))
    }

    /// Who we are to the engine: `{name, groups, rights, isAutomation, services}`.
    package func me() async throws(APIError) -> JSON { try await get("/v1/me") }
}
