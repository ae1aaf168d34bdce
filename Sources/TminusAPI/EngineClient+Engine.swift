package import TminusModel

extension EngineClient {
    ///
    /// - Parameter seconds: how long it may take; an engine that is slower than the usual limit is in trouble.
    package func engine(within seconds: Int64? = nil) async throws(APIError) -> EngineReply {
        try EngineReply(json: await get("/v1/engine", within: seconds))
    }

    /// What the plan's budget gate would say now.
    package func budget(of plan: Plan) async throws(APIError) -> BudgetReply {
        try BudgetReply(json: await post("/v1/budget", .members(["plan": plan.json])))
    }

    /// What the baseline's history says to each comparing rule of the plan.
    package func burstiness(of plan: Plan) async throws(APIError) -> BurstinessReply {
        try BurstinessReply(json: await post("/v1/burstiness", .members(["plan": plan.json])))
    }

    /// What each of the plan's steps cost in past runs.
    package func pastCosts(of plan: Plan) async throws(APIError) -> PastCostReply {
        try PastCostReply(json: await post("/v1/costs", .members(["plan": plan.json])))
    }

    /// Copies the journal into a new file at `path`, absolute, while runs go on.
    package func backup(to path: String) async throws(APIError) {
        _ = try await post("/v1/backup", .members(["to": .string(path)]))
    }

    /// Removes finished runs, as many as go in a few seconds; to be asked again while there are more.
    package func prune(_ order: PruneOrder) async throws(APIError) -> PruneReply {
        try PruneReply(json: await post("/v1/prune", order.json))
    }

    /// What stays of pruned runs, oldest first: at most a thousand of those after a place, and the place of the last.
    package func pruned(after place: Int) async throws(APIError) -> (runs: [PrunedRun], last: Int) {
        let reader = try WireReader(await get("/v1/pruned?after=\(place)"))
        var runs: [PrunedRun] = []
        for element in try reader.elements("runs") {
            do { runs.append(try PrunedRun(json: element)) } catch {
                throw APIError(.malformed, "runs: \(error)")
            }
        }
        return (runs, try reader.integer("last"))
    }

    /// What the engine finds when it looks at itself.
    package func findings() async throws(APIError) -> [Finding] {
        var findings: [Finding] = []
        for element in try WireReader(await get("/v1/doctor")).elements("findings") {
            findings.append(try Finding(json: element))
        }
        return findings
    }
}
