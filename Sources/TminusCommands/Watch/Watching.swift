import Dispatch
import Glibc
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

/// Follows a run to its end, for `tminus run` and `tminus watch`.
///
/// The run does not need us: an engine that dies is waited for, or started anew when clients start it here, and the
/// journal is read on from the last event seen.
struct Watching {
    let run: String
    let directory: DataDirectory
    let look: LookOptions
    let leavesWhenWaiting: Bool
    /// Whether a missing engine is ours to start: not where a service manager keeps it.
    let startsEngine: Bool

    /// How long an engine may stay away before we stop asking.
    private static let patience = Duration.seconds(60)

    /// What comes to the watcher, from three sides.
    enum News: Sendable {
        /// `isLast` when no other is here already: between events of one transaction a run is nowhere.
        case event(Event, isLast: Bool)
        /// The stream has ended for good: an error, or the run's end when nil.
        case over(Failure?)
        case tick
        case interrupted
    }

    /// Follows with a client that has just answered; closes it.
    func toTheEnd(_ client: EngineClient) async throws -> ExitStatus {
        let (news, feed) = AsyncStream.makeStream(of: News.self)
        let reading = Task { await read(client, into: feed) }
        let interrupt = [SIGINT, SIGTERM].map { number in source(number) { feed.yield(.interrupted) } }
        let display = display()
        let ticking = Task {
            while display.wantsTicks, !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                feed.yield(.tick)
            }
        }
        defer {
            reading.cancel()
            ticking.cancel()
            for source in interrupt { source.cancel() }
        }
        return try await show(news, display)
    }

    private func show(_ news: AsyncStream<News>, _ display: any RunDisplay) async throws -> ExitStatus {
        var state: RunState?
        for await item in news {
            switch item {
            case .event(let event, let isLast):
                try take(event, into: &state)
                guard let state else { continue }
                display.show(event, state, isLast: isLast)
                if leavesWhenWaiting, isLast, let needs = onlyWaits(state) {
                    display.leave(state, needs)
                    return .waiting
                }
            case .tick: if let state { display.tick(state) }
            case .interrupted:
                display.detach(state)
                return .detached
            case .over(let failure?):
                display.close()
                throw failure
            case .over(nil):
                guard let state, let outcome = state.outcome else {
                    display.close()
                    throw Failure(.failed, "the engine left before \(run) ended; watch it again: tminus watch \(run)")
                }
                display.end(state)
                return ExitStatus(outcome)
            }
        }
        return .failed
    }

    private func take(_ event: Event, into state: inout RunState?) throws {
        if case .runSubmitted(let submission) = event.body, state == nil {
            state = RunState(submission, at: event.at)
            return
        }
        guard state?.sequence == event.sequence - 1 else {
            throw Failure(.failed, "event \(event.sequence) of \(run) came out of turn; tminus doctor says more")
        }
        state?.apply(event)
    }

    /// What the run waits for, when nothing of it is under way.
    private func onlyWaits(_ state: RunState) -> [Need]? {
        guard state.live.isEmpty, state.holds.isEmpty, state.outcome == nil else { return nil }
        let needs = state.needs(now: LocalTime.now).filter { need in
            switch need.kind {
            case .judgement: need.needsPerson
            case .lock: state.lockHolder != nil
            case .window, .approval, .budget, .failure, .unknown, .bracket, .pause, .pivot, .freeze, .change, .seal:
                true
            }
        }
        return needs.isEmpty ? nil : needs
    }

    private func display() -> any RunDisplay {
        if look.json { return JSONDisplay(run: run) }
        guard TerminalSize.current != nil, Environment.current["TERM"] != "dumb" else { return PlainDisplay(run, look) }
        return LiveDisplay(run, look, directory)
    }

    private func source(_ number: Int32, _ tell: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: tell)
        source.resume()
        return source
    }

    // MARK: Reading

    private func read(_ first: EngineClient, into feed: AsyncStream<News>.Continuation) async {
        var client = first
        var place = 0
        var plan: TminusModel.Plan?
        var lost: ContinuousClock.Instant?
        while !Task.isCancelled {
            do {
                var stream = try await client.events(of: run, after: place, follows: true)
                if let plan { stream = stream.reading(plan) }
                while let event = try await stream.nextEvent() {
                    lost = nil
                    place = event.sequence
                    if case .runSubmitted(let submission) = event.body { plan = submission.plan }
                    feed.yield(.event(event, isLast: !stream.hasEventReady))
                    if case .runEnded = event.body {
                        await client.shutdown()
                        feed.yield(.over(nil))
                        return
                    }
                }
            } catch {
                // A broken connection is an engine that went; anything else is its answer.
                guard error.code == .unreachable || error.code == .stopping else {
                    await client.shutdown()
                    feed.yield(.over(Failure(error)))
                    return
                }
            }
            await client.shutdown()
            let since = lost ?? ContinuousClock.now
            lost = since
            guard let next = await reached(since: since) else {
                feed.yield(.over(away))
                return
            }
            client = next
        }
        await client.shutdown()
    }

    private var away: Failure {
        Failure(
            .failed,
            isDirectoryThere
                ? "the engine has gone, and \(run) goes on as far as it can without one; "
                    + "when it is back: tminus watch \(run)"
                : "the data directory \(directory.path) has gone, and \(run) with it")
    }

    /// Without its journal no engine can go on with the run: one started here would begin a new history.
    private var isDirectoryThere: Bool { directory.remote != nil || access(directory.journal, F_OK) == 0 }

    /// The engine again, ours to start or not; nil when it stays away.
    private func reached(since: ContinuousClock.Instant) async -> EngineClient? {
        var pause = Duration.milliseconds(50)
        while ContinuousClock.now - since < Self.patience, !Task.isCancelled, isDirectoryThere {
            if startsEngine || directory.remote != nil || SocketProbe.isListening(directory.socket) {
                if let (client, _) = try? await Connection.open(directory) { return client }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
        return nil
    }
}
