package import ArgumentParser
import TminusAPI
import TminusModel
import TminusReports

package struct Trigger: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Has the engine look at a tag, and make one run of it: for CI and hooks.",
        discussion: """
            Examples: tminus trigger --repo shop --tag v1.4.2
                      tminus trigger --repo git@host:shop.git --tag v1.4.2 --pipeline pipelines/checkout.yaml --no-wait

            The engine fetches and verifies the tag itself, with what the policy says of the repository. However often \
            and by whomever it is asked, one tag object makes one run of a pipeline; asked again, it shows that run. \
            From elsewhere: TMINUS_ENGINE=https://… and TMINUS_TOKEN.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("A repository: its name in the policy, or its address.", valueName: "name|url"))
    package var repo: String

    @Option(name: .long, help: ArgumentHelp("The tag.", valueName: "tag"))
    package var tag: String

    @Option(
        name: .long,
        help: ArgumentHelp("The pipeline's path in the tagged tree; else the policy's triggers say.", valueName: "path")
    )
    package var pipeline: String?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Watch the run to its end; else print its name and state, and leave with the state's exit code.")
    package var wait = true

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let directory = try options.dataDirectory()
        let (client, engine) = try await Connection.open(directory)
        let address = repo.hasPrefix(".") ? DataDirectory.absolute(repo) : repo
        let reply: TriggerReply
        let run: RunReply
        do {
            reply = try await client.trigger(TriggerOrder(repository: address, tag: tag, pipeline: pipeline))
            guard let name = reply.run else { throw APIError(.malformed, "the engine named no run") }
            run = try await client.run(name)
        } catch let error as APIError {
            await client.shutdown()
            throw Failure(error)
        }
        announce(reply, run)
        guard wait else {
            await client.shutdown()
            return try ExitStatus(run.summary.status).end()
        }
        let watching = Watching(
            run: run.summary.run, directory: directory, look: options.look, leavesWhenWaiting: false,
            startsEngine: engine.idleExit != nil)
        throw Failure.silent(try await watching.toTheEnd(client))
    }

    private func announce(_ reply: TriggerReply, _ run: RunReply) {
        if options.look.json {
            guard !wait else { return }
            Output(options.look).print(
                JSON.object((reply.json.members ?? []) + [JSON.Member("state", .string(run.summary.status.word))]))
        } else if wait {
            Output.complain("tag \(tag): \(reply.decision), \(run.summary.run) (\(run.summary.status.word))")
        } else {
            Output(options.look).print(StyledLine("\(run.summary.run) \(run.summary.status.word)"))
        }
    }
}
