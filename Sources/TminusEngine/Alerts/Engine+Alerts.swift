internal import Logging
internal import TminusCore
internal import TminusJudgement
package import TminusModel
internal import TminusPorts

/// Burn alerts over time: each objective that the engine knows has its pairs looked at, run or no run.
extension Engine {
    /// Objectives watched at once.
    static let alertBooksMax = 1_000

    /// The alerts of a plan's objective now; none for one that is not watched.
    package func alerts(of plan: Plan) -> [AlertStanding] {
        AlertBookName(plan).flatMap { alertBooks[$0]?.standings } ?? []
    }

    func alertStandings() -> [AlertStanding] {
        alertBooks.values.flatMap(\.standings).sorted { $0.state.key < $1.state.key }
    }

    /// From a plan's submission on, while the engine is up.
    func watchAlerts(of plan: Plan, in run: String) {
        guard !isLeaving, let name = AlertBookName(plan) else { return }
        retire(but: name, of: plan.pipeline)
        if alertBooks[name] == nil {
            guard alertBooks.count < Self.alertBooksMax else {
                logger.error("burn alerts of \(plan.service) are not watched: \(Self.alertBooksMax) objectives are")
                return
            }
            alertBooks[name] = AlertBook(plan, of: run, kept: alertRest)
            let keys = alertBooks[name]?.states.map(\.key) ?? []
            alertRest.removeAll { keys.contains($0.key) }
        } else {
            alertBooks[name]?.take(plan, of: run)
        }
        if alertBooks[name]?.loop == nil {
            alertBooks[name]?.loop = Task { [weak self] in await self?.keepLooking(name) }
        }
    }

    /// A pipeline that now goes by another objective no longer keeps the old one's alerts; that is said, not silent.
    private func retire(but name: AlertBookName, of pipeline: String) {
        for (old, book) in alertBooks
        where old.lock == name.lock && old.objective != name.objective && book.plan.pipeline == pipeline {
            book.loop?.cancel()
            alertBooks[old] = nil
            let firing = book.states.filter(\.isFiring).map(\.key).joined(separator: ", ")
            let rest = firing.isEmpty ? "none of them fired" : "still firing: \(firing)"
            let why = "\(pipeline) goes by \(name.objective) now"
            logger.notice("burn alerts of \(old.objective) are no longer watched: \(why); \(rest)")
        }
    }

    /// What an earlier engine watched goes on being watched, in the state it was in.
    func readAlerts() async {
        guard let store = parts.alerts else { return }
        do throws(EngineError) {
            guard let bytes = try await store.read() else { return }
            let kept: KeptAlerts
            do { kept = try KeptAlerts(parsing: bytes) } catch {
                logger.error("the kept burn alerts could not be read: \(error); they are set aside and begin anew")
                try await store.setAside()
                return
            }
            alertRest = kept.rest
            for book in kept.books { await takeUp(book) }
        } catch {
            logger.error("the kept burn alerts could not be read: \(error); they begin anew")
        }
    }

    private func takeUp(_ book: KeptAlerts.Book) async {
        let plan: Plan
        do throws(StoreError) {
            let events = try await parts.journal.events(of: book.run, after: 0, limit: 1)
            guard case .runSubmitted(let submission) = events.first?.body else {
                throw StoreError(.corrupt, "its first event is no plan")
            }
            plan = submission.plan
        } catch {
            // Their state is not forgotten: the next run of the service goes on from it.
            alertRest += book.states
            logger.error("burn alerts kept for \(book.run) wait for the next run of their service: \(error)")
            return
        }
        // A run that was taken up again just now may have begun with newer ones.
        guard let name = AlertBookName(plan) else { return }
        let newer = alertBooks[name].map { ($0.plan, $0.run) }
        alertBooks[name]?.loop?.cancel()
        alertBooks[name] = AlertBook(newer?.0 ?? plan, of: newer?.1 ?? book.run, kept: book.states)
        if let watch = MetricWatch(plan) {
            await scraper.watch(watch, as: "service \(name.lock.service) in \(name.lock.environment)")
        }
        if alertBooks[name]?.loop == nil {
            alertBooks[name]?.loop = Task { [weak self] in await self?.keepLooking(name) }
        }
    }

    private func keepLooking(_ name: AlertBookName) async {
        let clock = parts.clock
        while !Task.isCancelled, let every = alertBooks[name]?.every {
            let due = clock.now.advanced(by: every)
            do { try await clock.sleep(until: due) } catch { return }
            await look(name)
        }
    }

    /// One look at one objective's alerts. A plan taken meanwhile is looked at next time.
    private func look(_ name: AlertBookName) async {
        guard let plan = alertBooks[name]?.plan, let pairs = alertBooks[name]?.pairs else { return }
        let isCandidateRequired = live.values.contains { run in
            LockName(run.summary) == name.lock && run.driver?.state.isCandidateServing ?? false
        }
        guard let question = BudgetQuestion(plan, isCandidateRequired: isCandidateRequired) else { return }
        var lengths: [Duration] = []
        for length in pairs.flatMap({ [$0.long, $0.short] }) where !lengths.contains(length) { lengths.append(length) }
        let lookbacks = await scraper.measureLookbacks(question, lengths)
        guard !isLeaving, !Task.isCancelled, var book = alertBooks[name], book.plan == plan else { return }
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
        let books = alertBooks.values.sorted { ($0.states.first?.key ?? "") < ($1.states.first?.key ?? "") }
        let kept = KeptAlerts(books: books.map { .init(run: $0.run, states: $0.states) }, rest: alertRest)
        do throws(EngineError) {
            try await store.keep(kept.json.bytes)
        } catch {
            logger.error("burn alerts could not be kept: \(error); a restart would forget their last change")
        }
    }
}
