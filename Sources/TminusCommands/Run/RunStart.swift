package import ArgumentParser
import TminusAPI
import TminusModel
import TminusPipeline
import TminusReports
import TminusTriggers

package struct RunStart: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Runs a pipeline and watches it (the default of `tminus run`).",
        discussion: """
            Examples: tminus run checkout.yaml --input version=v1.4.2 --phase T-1
                      tminus run --repo git@host:checkout.git --tag v1.4.2 pipelines/checkout.yaml
                      tminus run checkout.yaml --input version=v1.4.2 --until T-1
                      tminus run --sealed checkout-12.T-1.seal

            With --until the run ends when that phase is done and sealed; --sealed goes on from there, on this engine \
            or on another that trusts the key which signed it.

            With --repo and --tag the pipeline, and every file of its folder, are read from the tagged commit.

            On a terminal it shows a live view; Ctrl-C leaves the run alone. In a pipe it prints a line for each event \
            that matters, and goes on waiting while the run waits, unless --no-wait.
            """
    )

    @OptionGroup package var pipeline: NamedPipelineOptions
    @OptionGroup package var tag: TagOptions

    @Flag(name: .long, help: "Run a tag once more that has made a run already; with --reason.")
    package var again = false

    @Option(name: .long, help: "Pause when this phase is done, such as T-1.")
    package var phase: String?

    @Option(name: .long, help: "End when this phase is done and sealed, such as T-1.")
    package var until: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Go on from what an earlier run sealed (seals/ of its data directory); no pipeline is read.",
            valueName: "file"))
    package var sealed: String?

    @Option(name: .long, help: "Why, for the record.")
    package var reason: String?

    @Flag(name: .long, help: "Print the run's name and leave at once.")
    package var detach = false

    @Flag(name: .long, help: "Leave with exit code 3 as soon as the run only waits.")
    package var noWait = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        if sealed != nil {
            guard pipeline.file == nil, pipeline.input.isEmpty, tag.repo == nil, phase == nil, until == nil else {
                throw ValidationError(
                    "--sealed goes alone: the seal holds the pipeline, its inputs and what was done of it")
            }
        } else if pipeline.file == nil {
            throw ValidationError("say which pipeline: tminus run FILE, or --sealed FILE to go on from a seal")
        }
        if phase != nil, until != nil { throw ValidationError("--phase pauses and --until ends: say one of them") }
        guard again else { return }
        if tag.tag == nil { throw ValidationError("--again is about a tag: say --repo and --tag") }
        if reason == nil { throw ValidationError("--again needs --reason: why does the tag run once more?") }
    }

    package func run() async throws {
        let directory = try options.dataDirectory()
        if let sealed { return try await start(fromSeal: sealed, directory) }
        let loaded = try await TagLoading.load(pipeline.naming(pipeline.file ?? ""), tag, options)
        let plan = loaded.resolved.plan
        let pausesAfter = try position(of: phase, plan)
        let endsAfter = try position(of: until, plan)
        let (client, engine) = try await Connection.open(directory)
        let resolved = await KnownHistory.added(to: loaded.resolved, by: client)
        var order = RunOrder(resolved, reason: reason, pausesAfter: pausesAfter)
        order.changes = loaded.tagged?.changes.entries ?? []
        order.isAgain = again
        order.endsAfter = endsAfter
        if let tagged = loaded.tagged, let source = plan.source, !options.look.json {
            Output.complain(
                "tag \(source.tag) is object \(source.object), commit \(source.commit), \(tagged.signature); "
                    + "plan \(resolved.digest)")
        }
        let run: String
        do { run = try await client.submit(order) } catch {
            await client.shutdown()
            guard error.code == .unreachable else { throw Failure(error) }
            // The answer is lost, not necessarily the run: only the journal knows.
            throw Failure(
                .failed, "\(error.message)\nwhether the run was taken: tminus run list --service \(order.plan.service)")
        }
        try await follow(run, client, engine, directory)
    }

    /// What the seal holds is looked at by the engine; here only that there is a file.
    private func start(fromSeal path: String, _ directory: DataDirectory) async throws {
        guard let bytes = SmallFile.bytes(path, bytesMax: SealedOrder.bytesMax) else {
            throw Failure(.badInput, "\(path) can't be read, or is longer than \(SealedOrder.bytesMax >> 20) MiB")
        }
        let (client, engine) = try await Connection.open(directory)
        let run: String
        do {
            run = try await client.submit(SealedOrder(seal: String(decoding: bytes, as: UTF8.self), reason: reason))
        } catch {
            await client.shutdown()
            throw Failure(error)
        }
        try await follow(run, client, engine, directory)
    }

    private func follow(
        _ run: String, _ client: EngineClient, _ engine: EngineReply, _ directory: DataDirectory
    ) async throws {
        if detach {
            await client.shutdown()
            return announce(run)
        }
        let watching = Watching(
            run: run, directory: directory, look: options.look, leavesWhenWaiting: noWait,
            startsEngine: engine.idleExit != nil)
        throw Failure.silent(try await watching.toTheEnd(client))
    }

    private func position(of phase: String?, _ plan: TminusModel.Plan) throws -> Int? {
        guard let phase else { return nil }
        guard let position = plan.phases.firstIndex(where: { $0.name == phase }) else {
            let known = plan.phases.map(\.name).joined(separator: ", ")
            throw Failure(.badInput, "the pipeline has no phase '\(phase)'; it has \(known)")
        }
        return position
    }

    private func announce(_ run: String) {
        let output = Output(options.look)
        if options.look.json {
            output.print(JSON.members(["run": .string(run)]))
        } else {
            output.print(StyledLine(run))
            Output.complain("it goes on by itself; watch it: tminus watch \(run)")
        }
    }
}
