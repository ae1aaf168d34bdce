import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// `/health`, `/metrics`, `/v1/engine`, `/v1/doctor`.
struct EngineRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.get("/health") { _, _ in
            Answers.json(.members(["status": .string("ok"), "version": .string(parts.version)]))
        }
        router.get("/metrics") { _, _ in
            let page = MetricsPage(await parts.engine.figures(), version: parts.version)
            return Answers.text(page.text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        router.get("/v1/engine") { _, _ in
            let figures = await parts.engine.figures()
            let reply = EngineReply(
                version: parts.version, pid: parts.pid, started: parts.started, dataDirectory: parts.dataDirectory,
                liveRuns: figures.runsLive, idleExit: parts.idleExit)
            return Answers.json(reply.json)
        }
        router.get("/v1/doctor") { _, _ in
            Answers.json(.members(["findings": .array(await parts.findings().map(\.json))]))
        }
    }
}
