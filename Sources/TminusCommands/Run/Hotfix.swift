package import ArgumentParser
import TminusAPI
import TminusModel
import TminusPipeline
import TminusReports
import TminusTriggers

package struct Hotfix: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "hotfix",
        abstract: "Repairs forward, fast: runs a pipeline as an emergency change, with the incident it is for.",
        discussion: """
            Examples: tminus hotfix --tag v1.4.3 --incident INC-042
                      tminus hotfix --repo git@host:checkout.git --tag v1.4.3 --incident INC-042 pipelines/checkout.yaml
                      tminus hotfix checkout.yaml --input version=1.4.3 --incident INC-042

            With a tag alone, repository and pipeline are those that the policy's triggers lead the tag to, or that \
            the last release was read from; where there are several it lists them.

            The policy says who may, and what an emergency may skip; a review is owed afterwards (tminus review list). \
            Judging rules, locks and rollback are as in every run. To go back instead: tminus rollback --service.
            """
    )

    @OptionGroup package var pipeline: NamedPipelineOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The git repository: https, ssh, or a path; else the one that is known.", valueName: "url"))
    package var repo: String?

    @Option(name: .long, help: ArgumentHelp("The tag whose commit the pipeline is read from.", valueName: "tag"))
    package var tag: String?

    @OptionGroup package var access: GitAccessOptions

    @Option(name: .long, help: "Of several known pipelines, the one of this service.")
    package var service: String?

    @Option(name: .long, help: "Of several known pipelines, the one for this environment.")
    package var environment: String?

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
        if tag == nil, pipeline.file == nil {
            throw ValidationError("say what to run: --tag TAG, or a pipeline's file")
        }
        if tag == nil, repo != nil { throw ValidationError("--repo needs --tag: a release is made from a tag") }
    }

    package func run() async throws {
        let directory = try options.dataDirectory()
        let source = try await HotfixSource(
            tag: tag, repository: repo, pipeline: pipeline.file, service: service, environment: environment,
            incident: incident
        ).found(options)
        var tagged = TagOptions()
        (tagged.repo, tagged.tag, tagged.access) = (source.repository, tag, access)
        let loaded = try await TagLoading.load(pipeline.naming(source.pipeline), tagged, options)
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
