package import TminusModel

extension EngineClient {
    /// What going back would do; a way that is not open is thrown as `.refused`.
    package func proposal(
        for target: RollbackTarget, forced: String?
    ) async throws(APIError) -> RollbackProposal {
        let query =
            switch target {
            case .service(let service, let environment, let to):
                Self.query(["service": service, "environment": environment, "to": to, "forced": forced])
            case .run(let run): Self.query(["run": run, "forced": forced])
            }
        let json = try await get("/v1/rollback" + query)
        do { return try RollbackProposal(json: json) } catch {
            throw APIError(.malformed, "the engine's answer could not be read: \(error)")
        }
    }

    /// Undoes a run that has ended; returns the name of the run that does it.
    package func rollBack(_ order: RollbackOrder) async throws(APIError) -> String {
        try WireReader(await post("/v1/rollback", order.json)).text("run")
    }
}
