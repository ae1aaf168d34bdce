package import TminusModel

extension EngineClient {
    /// What happens now; a refusal is thrown as `.refused`.
    package func order(_ order: ControlOrder) async throws(APIError) -> ControlReply {
        try ControlReply(json: await post("/v1/control", order.json))
    }

    /// Freezes added by command and stopped lines: `{freezes: [{freeze, by, sinceMilliseconds}], lines: […]}`.
    package func freezes() async throws(APIError) -> JSON { try await get("/v1/freezes") }

    /// `{tokens: [{name, person, isAutomation, rights, services, expiresMilliseconds}]}`.
    package func tokens() async throws(APIError) -> JSON { try await get("/v1/tokens") }

    /// `{reviews: […], blocks: […]}`.
    package func reviews() async throws(APIError) -> JSON { try await get("/v1/reviews") }

    /// Who we are to the engine: `{name, groups, rights, isAutomation, services}`.
    package func me() async throws(APIError) -> JSON { try await get("/v1/me") }
}
