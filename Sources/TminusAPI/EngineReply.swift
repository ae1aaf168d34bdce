package import TminusModel

/// `GET /v1/engine`: who holds the data directory.
package struct EngineReply: Equatable, Sendable {
    package var version: String
    package var pid: Int
    package var started: Instant
    /// Absolute.
    package var dataDirectory: String
    /// How many runs have not ended.
    package var liveRuns: Int
    /// Nil when it stays until it is told to stop.
    package var idleExit: Duration?

    package init(
        version: String, pid: Int, started: Instant, dataDirectory: String, liveRuns: Int, idleExit: Duration?
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.dataDirectory = dataDirectory
        self.liveRuns = liveRuns
        self.idleExit = idleExit
    }

    package var json: JSON {
        .members([
            "version": .string(version), "pid": .integer(pid),
            "startedMilliseconds": .integer(started.millisecondsSinceEpoch), "dataDirectory": .string(dataDirectory),
            "liveRuns": .integer(liveRuns), "idleExitMilliseconds": idleExit.map { .integer($0.milliseconds) },
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        version = try reader.text("version")
        pid = try reader.integer("pid")
        started = try reader.instant("startedMilliseconds")
        dataDirectory = try reader.text("dataDirectory")
        liveRuns = try reader.integer("liveRuns")
        idleExit = try reader.optionalInteger("idleExitMilliseconds").map { .milliseconds($0) }
    }
}
