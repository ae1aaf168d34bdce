import TminusAPI
import TminusModel
import TminusReports

/// Tells a run what a person wants, and the person what became of it.
enum Telling {
    /// - Throws: `Failure` when the run refused, with why and what to do instead.
    static func tell(_ run: String, _ order: CommandOrder, _ options: EngineOptions) async throws {
        let reply = try await Connection.use(options) { client in try await client.tell(run, order) }
        let output = Output(options.look)
        if options.look.json {
            output.print(reply.json)
        } else {
            output.print(StyledLine(reply.message))
        }
    }

    /// Gives the engine an order that concerns more than one run, and the person its answer.
    ///
    /// - Throws: `Failure` when it was refused, with who may, when, or how.
    static func order(_ order: ControlOrder, _ options: EngineOptions) async throws {
        let reply = try await Connection.use(options) { client in try await client.order(order) }
        let output = Output(options.look)
        if options.look.json {
            output.print(reply.json)
        } else {
            output.print(StyledLine(reply.message))
        }
    }
}
