package import ArgumentParser
import TminusAPI
import TminusModel
import TminusPipeline
import TminusReports
import TminusTriggers

package struct Hotfix: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Repairs forward, fast: runs a pipeline as an emergency change, with the incident it is for.",
        discussion: """
            Examples: tminus hotfix --repo git@host:checkout.git --tag v1.4.3 --incident INC-042 pipelines/checkout.yaml
                      tminus hotfix checkout.yaml --input version=1.4.3 --incident INC-042

            The policy says who may, and what an emergency may skip; a review is owed afterwards (tminus review list). \
            Judging rules, locks and rollback are as in every run. To go back instead: tminus rollback --service.
            """
    )

    @OptionGroup package var pipeline: PipelineOptions
    @OptionGroup package var tag: TagOptions

    @Option(name: .long, help: ArgumentHelp("The incident it is for, such as INC-042.", valueName: "id"))
    package var incident: String

    @Option(name: .long, help: "Why, for the record.")
    package var reason: String?

    @Flag(name: .long, help: "Print the run's name and leave at once.")
    package var detach = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard incident.contains(where: { !$0.isWhitespace }), incident.utf8.count <= 128 else {
            throw ValidationError("--incident must name the incident, in at most 128 bytes")
        }
    }

    package func run() async throws {
        let directory = try options.dataDirectory()
        let loaded = try await TagLoading.load(pipeline, tag, options)
        let (client, engine) = try await Connection.open(directory)
        let resolved = await KnownHistory.added(to: loaded.resolved, by: client)
        var order = RunOrder(resolved, reason: reason ?? "hotfix for \(incident)", pausesAfter: nil)
        order.plan.change = .emergency
        order.plan.release = .hotfix
        order.digest = Digest.sha256(order.plan.json.bytes)
        order.changes = loaded.tagged?.changes.entries ?? []
        order.incident = incident
        let run: String
        do { run = try await client.submit(order) } catch {
            await client.shutdown()
            throw Failure(error)
        }
        if detach {
            await client.shutdown()
            let output = Output(options.look)
            if options.look.json {
                output.print(JSON.members(["run": .string(run)]))
            } else {
                output.print(StyledLine(run))
            }
            return
        }
        let watching = Watching(
            run: run, directory: directory, look: options.look, leavesWhenWaiting: false,
            startsEngine: engine.idleExit != nil)
        throw Failure.silent(try await watching.toTheEnd(client))
    }
}
