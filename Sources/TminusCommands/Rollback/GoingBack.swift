import Glibc
import TminusAPI
import TminusModel
import TminusReports

/// Going back, as the command line does it: shown on one screen, asked for, done, watched to its end.
struct GoingBack {
    let target: RollbackTarget
    let reason: String
    let forced: String?
    let isPastPivotAllowed: Bool
    let isAsked: Bool
    /// By the bundles on this machine, whatever engine there is: that is ended first.
    let isByBundles: Bool
    var directory: DataDirectory
    let look: LookOptions

    private var output: Output { Output(look) }

    /// Returns when everything is undone.
    ///
    /// - Throws: `Failure` with why it is refused, or with the status of a run that did not undo all of its own.
    mutating func run() async throws {
        try await findEngine()
        let proposal = try await propose()
        show(proposal)
        try checkPivots(proposal)
        try ask()
        if let live = proposal.live { try await stop(live) }
        for undone in proposal.undone { try await undo(undone) }
        let place = "\(proposal.service) in \(proposal.environment)"
        if let restored = proposal.restored {
            Output.complain(
                "\(restored.name) is in place again on \(place); a review of this is open (tminus review list)")
        }
    }

    /// Makes sure that an engine answers: the usual one, or, when that can't be started and this machine has bundles
    /// of the target, one that goes by them.
    private mutating func findEngine() async throws {
        if isByBundles { return try await goByBundles() }
        do {
            await (try await Connection.open(directory)).client.shutdown()
        } catch let failure as Failure {
            guard directory.remote == nil, EngineLock.isHeld(directory) != true, hasBundles else { throw failure }
            // What is wrong has been said by the engine itself, and by `tminus doctor` at more length.
            Output.complain("the engine can't be started; going by the rollback bundles on this machine instead")
            try await standIn()
        }
    }

    private mutating func goByBundles() async throws {
        guard directory.remote == nil else {
            throw Failure(.usage, "--by-bundles is for the machine that the engine runs on: say it there")
        }
        guard hasBundles else {
            throw Failure(.failed, "\(directory.bundles) has no bundle of this; bundles elsewhere: --bundles DIRECTORY")
        }
        try SilentEngine.end(directory)
        try await standIn()
    }

    /// An engine of its own beside the journal, which it does not touch.
    private mutating func standIn() async throws {
        guard access(directory.path, W_OK) == 0 else {
            throw Failure(
                .failed,
                "\(directory.path) can't be written (\(String(cString: strerror(errno)))). Go back from another "
                    + "directory, by the bundles of this one: add --data NEW-DIRECTORY --bundles \(directory.bundles)")
        }
        let emergency = Emergency(directory: directory)
        directory = emergency.standIn(emergency.next)
        await (try await Connection.open(directory)).client.shutdown()
    }

    private func propose() async throws -> RollbackProposal {
        do {
            return try await with { client in try await client.proposal(for: target, forced: forced) }
        } catch let error as APIError {
            guard error.code == .store, directory.remote == nil, hasBundles else { throw error }
            throw Failure(
                .failed,
                "\(error.message)\nto go back by the rollback bundles on this machine, say the same with "
                    + "--by-bundles: the engine is ended first; steps that are under way go on")
        }
    }

    private var hasBundles: Bool {
        let shelf = FileShelf(directory: directory)
        return switch target {
        case .service(let service, let environment, _): shelf.hasBundles(service: service, environment: environment)
        case .run(let run): shelf.paths(nil, nil).contains { $0.hasSuffix("/\(run).bundle") }
        }
    }

    private func show(_ proposal: RollbackProposal) {
        if look.json {
            output.print(.members(["proposal": proposal.json]))
        } else {
            output.print(RollbackScreen(proposal, clock: LocalTime.clock(at: LocalTime.now)).lines)
        }
    }

    private func checkPivots(_ proposal: RollbackProposal) throws(Failure) {
        guard !isPastPivotAllowed, let undone = proposal.undone.first(where: { !$0.pivots.isEmpty }) else { return }
        throw Failure(
            .failed,
            "\(undone.pivots.joined(separator: ", ")) of \(undone.release.name) was a point of no return: the old "
                + "version may not work on what it left. If you are sure: --past-pivot")
    }

    private func ask() throws(Failure) {
        if !isAsked { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(.usage, "nobody is there to be asked; say --yes to do what is shown above")
        }
        Output.write(Array("Do it? [y/N] ".utf8)[...], to: STDERR_FILENO)
        let answer = (readLine() ?? "").lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure(.failed, "nothing was done") }
    }

    /// Returns when the live run is over and has left nothing.
    private func stop(_ live: RollbackProposal.Live) async throws {
        let order: CommandOrder? =
            switch live.deed {
            case .rollback: CommandOrder(.rollback, reason: reason, isPastPivotAllowed: isPastPivotAllowed)
            case .abort: CommandOrder(.abort, reason: reason)
            case .wait: nil
            }
        if let order { _ = try await with { client in try await client.tell(live.run, order) } }
        let status = try await watch(live.run)
        switch status {
        case .rolledBack, .aborted, .failed: return
        case .succeeded:
            throw Failure(.failed, "\(live.run) came to its end before it could be stopped; say the same again")
        default: throw Failure(status, "\(live.run) left something: tminus run show \(live.run)")
        }
    }

    private func undo(_ undone: RollbackProposal.Undone) async throws {
        let order = RollbackOrder(
            run: undone.release.run, digest: undone.digest, reason: reason, forced: forced,
            isPastPivotAllowed: isPastPivotAllowed)
        let run = try await with { client in try await client.rollBack(order) }
        let status = try await watch(run)
        guard status == .succeeded else {
            if status == .detached { throw Failure.silent(.detached) }
            throw Failure(
                status, "\(run) did not undo all of \(undone.release.name): tminus run show \(run)")
        }
    }

    private func watch(_ run: String) async throws -> ExitStatus {
        let (client, engine) = try await Connection.open(directory)
        let watching = Watching(
            run: run, directory: directory, look: look, leavesWhenWaiting: false, startsEngine: engine.idleExit != nil)
        return try await watching.toTheEnd(client)
    }

    private func with<Result: Sendable>(_ body: (EngineClient) async throws -> Result) async throws -> Result {
        let client = try await Connection.open(directory).client
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
