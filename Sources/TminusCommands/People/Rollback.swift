package import ArgumentParser
import Glibc
import TminusAPI
import TminusModel

package struct Rollback: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Goes back: turns a live run around, or takes a release back to the last known-good one.",
        discussion: """
            Examples: tminus rollback --service checkout --environment production --reason 'support is flooded'
                      tminus rollback checkout-12 --reason 'wrong version'

            With --service it stops what is live there, undoes the newest release (or all above --to), and waits for \
            no freeze, approval, window, budget or judgement. What it will do is shown first.
            """
    )

    @Argument(help: ArgumentHelp("The run to roll back, such as checkout-12.", valueName: "run"))
    package var target: String?

    @Option(name: .long, help: "The service to go back on; no run needs to be known.")
    package var service: String?

    @Option(name: .long, help: "Its environment.")
    package var environment: String?

    @Option(
        name: .long, help: ArgumentHelp("Back to this version, or run, and not just one release.", valueName: "version")
    )
    package var to: String?

    @Option(name: .long, help: "Why, for the record.")
    package var reason: String?

    @Flag(name: .long, help: "Do not ask.")
    package var yes = false

    @Flag(name: .long, help: "Also past the point of no return: the old version may not work on what it left.")
    package var pastPivot = false

    @Option(
        name: .long, help: ArgumentHelp("Although this newer run, or unfinished rollback, is there.", valueName: "run"))
    package var forceNewer: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where bundles were written a second time, when the data directory is lost; --data names a new one.",
            valueName: "directory"))
    package var bundles: String?

    @Flag(
        name: .long,
        help: "Go by the rollback bundles on this machine although there is an engine, which is ended first.")
    package var byBundles = false

    @OptionGroup package var options: EngineOptions

    package init() {}

    package func validate() throws {
        guard (target == nil) != (service == nil) else {
            throw ValidationError("say a run, or --service with --environment")
        }
        guard (service == nil) == (environment == nil) else {
            throw ValidationError("--service and --environment go together")
        }
        if to != nil, service == nil { throw ValidationError("--to goes with --service") }
        if service != nil, reason == nil {
            throw ValidationError("--reason is needed: it is kept in the record and in the review")
        }
        if let reason, !reason.contains(where: { !$0.isWhitespace }) {
            throw ValidationError("--reason must say something; it is kept in the run's journal")
        }
    }

    package func run() async throws {
        if let bundles { try bring(bundles) }
        if let target, !byBundles, try await turnAround(target) { return }
        var goingBack = try goingBack()
        try await goingBack.run()
    }

    /// A data directory that has a journal knows more than any bundle.
    private func bring(_ path: String) throws {
        let directory = try options.dataDirectory()
        guard directory.remote == nil else {
            throw ValidationError("--bundles is for this machine; it can't be used with an engine elsewhere")
        }
        try directory.prepare()
        guard access(directory.journal, F_OK) != 0 else {
            return Output.complain(
                "\(directory.path) has a journal, and goes by that; to go by the bundles alone, name an empty "
                    + "directory: --data DIRECTORY")
        }
        let path = DataDirectory.absolute(path)
        let count = try SecondBundles(directory: directory, path: path).bring()
        Output.complain("\(count) rollback bundles of \(path) are in \(directory.path) now")
    }

    private var why: String { reason ?? "asked for on the command line" }

    /// Tells a live run to turn around; false when it has ended.
    private func turnAround(_ run: String) async throws -> Bool {
        let directory = try options.dataDirectory()
        // Without an engine nothing of it is live for anybody to turn around; its bundle may still undo it.
        guard let client = try? await Connection.open(directory).client else { return false }
        await client.shutdown()
        let status = try await Connection.use(options) { client in try await client.run(run).summary.status }
        if case .ended(let outcome) = status {
            guard outcome != .rolledBack else {
                throw Failure(.failed, "\(run) is over: it was rolled back, and left nothing to undo")
            }
            return false
        }
        try await Telling.tell(run, CommandOrder(.rollback, reason: why, isPastPivotAllowed: pastPivot), options)
        return true
    }

    private func goingBack() throws -> GoingBack {
        let goal: RollbackTarget
        if let service, let environment {
            goal = .service(service, environment: environment, to: to)
        } else if let target {
            goal = .run(target)
        } else {
            throw ValidationError("say a run, or --service with --environment")
        }
        return GoingBack(
            target: goal, reason: why, forced: forceNewer, isPastPivotAllowed: pastPivot, isAsked: !yes,
            isByBundles: byBundles, directory: try options.dataDirectory(), look: options.look)
    }
}
