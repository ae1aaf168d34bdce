internal import Logging
internal import TminusCore
internal import TminusJudgement
package import TminusModel
internal import TminusPorts

/// Burn alerts over time: each service that the engine knows has its budget's pairs looked at, run or no run.
extension Engine {
    /// The alerts of a plan's service and environment now; none for one that is not watched.
    package func alerts(of plan: Plan) -> [AlertStanding] {
        guard let objective = plan.budget?.objective else { return [] }
        return (alertBooks[LockName(plan)]?.standings ?? []).filter { $0.objective == objective }
    }

    func alertStandings() -> [AlertStanding] {
        alertBooks.values.flatMap(\.standings).sorted { $0.state.key < $1.state.key }
    }

    /// From a plan's submission on, while the engine is up.
    func watchAlerts(of plan: Plan) {
        guard !isLeaving, BudgetQuestion(plan) != nil else { return }
        let name = LockName(plan)
        if alertBooks[name] == nil { alertBooks[name] = AlertBook(plan) } else { alertBooks[name]?.take(plan) }
        if alertBooks[name]?.loop == nil {
            alertBooks[name]?.loop = Task { [weak self] in await self?.keepLooking(name) }
        }
    }

    /// What an earlier engine watched goes on being watched, in the state it was in.
    func readAlerts() async {
        guard let store = parts.alerts else { return }
        do throws(EngineError) {
            guard let bytes = try await store.read() else { return }
            guard let json = try? JSON(parsing: bytes), let books = json["services"]?.elements else {
                logger.error("the kept burn alerts could not be read: they are no alerts; they begin anew")
                return
            }
            for book in books.compactMap(AlertBook.init(json:)) {
                let name = LockName(book.plan)
                alertBooks[name] = book
                if let watch = MetricWatch(book.plan) {
                    await scraper.watch(watch, as: "service \(name.service) in \(name.environment)")
                }
                watchAlerts(of: book.plan)
            }
        } catch {
            logger.error("the kept burn alerts could not be read: \(error); they begin anew")
        }
    }

    private func keepLooking(_ name: LockName) async {
        let clock = parts.clock
        while !Task.isCancelled, let every = alertBooks[name]?.every {
            let due = clock.now.advanced(by: every)
            do { try await clock.sleep(until: due) } catch { return }
            await look(name)
        }
    }

    /// One look at one service's alerts. A plan taken meanwhile is looked at next time.
    private func look(_ name: LockName) async {
        guard let plan = alertBooks[name]?.plan, let pairs = alertBooks[name]?.pairs else { return }
        let isCandidateRequired = live.values.contains { run in
            LockName(run.summary) == name && run.driver?.state.isCandidateServing ?? false
        }
        guard let question = BudgetQuestion(plan, isCandidateRequired: isCandidateRequired) else { return }
        var lengths: [Duration] = []
        for length in pairs.flatMap({ [$0.long, $0.short] }) where !lengths.contains(length) { lengths.append(length) }
        let lookbacks = await scraper.measureLookbacks(question, lengths)
        guard !isLeaving, var book = alertBooks[name], book.plan == plan else { return }
        let before = book.states
        var changes: [(state: AlertState, change: AlertState.Change)] = []
        for (position, sighting) in book.sightings(lookbacks).enumerated() where book.states.indices.contains(position)
        {
            let change = book.states[position].step(sighting, at: now)
            if let change { changes.append((book.states[position], change)) }
        }
        guard book.states != before else { return }
        alertBooks[name] = book
        await keepAlerts()
        for (state, change) in changes { tell(change, state) }
    }

    /// Once for each change, after it was kept.
    private func tell(_ change: AlertState.Change, _ state: AlertState) {
        let verb =
            switch change {
            case .fires: "fires"
            case .resolves: "is over"
            }
        logger.notice("burn alert \(state.key) \(verb)", metadata: ["alert": "\(state.key)", "state": "\(state.word)"])
    }

    /// One at a time, each with what is true when its turn comes.
    func keepAlerts() async {
        guard let store = parts.alerts else { return }
        await alertTurn.enter()
        defer { alertTurn.leave() }
        let books = alertBooks.values.sorted { $0.plan.json.line < $1.plan.json.line }
        let json = JSON.members(["services": .array(books.map(\.json))])
        do throws(EngineError) {
            try await store.keep(json.bytes)
        } catch {
            logger.error("burn alerts could not be kept: \(error); a restart would forget their last change")
        }
    }
}
