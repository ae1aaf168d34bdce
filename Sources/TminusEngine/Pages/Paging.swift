internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// Delivers pages: at least once, with the page's key to tell doubles by, whether or not its run goes on.
///
/// A page whose pipeline says no `onPage` is logged, and stays in the outbox to be shown.
extension Engine {
    /// Tries before a page is given up: with the pauses between them, an hour and a half.
    static let pageTriesMax = 20
    /// Pages tried at once.
    static let pagesAtOnceMax = 8
    private static let pauseFirst: Int64 = 5_000
    private static let pauseMax: Int64 = 300_000
    private static let pageTimeout: Duration = .seconds(60)

    /// Looks for pages that are not known yet.
    func readOutbox() {
        outbox.isStale = true
        guard !outbox.isReading else { return }
        outbox.isReading = true
        noteIdle()
        Task {
            while outbox.isStale, !isLeaving {
                outbox.isStale = false
                await readPages()
            }
            outbox.isReading = false
            tryPages()
            noteIdle()
        }
    }

    private func readPages() async {
        let pages: [Page]
        do throws(StoreError) {
            pages = try await parts.journal.pages()
        } catch {
            logger.error("the outbox of pages could not be read: \(error)")
            retryOutbox()
            return
        }
        let mayBeStarted = outbox.isUnread
        outbox.isUnread = false
        for page in pages where outbox.entries[page.number] == nil && !outbox.shown.contains(page.number) {
            guard let plan = await plan(of: page) else { continue }
            guard let command = plan.onPage else {
                outbox.shown.insert(page.number)
                logger.warning(
                    "a person is needed: \(page.reason)", metadata: ["run": "\(page.run)", "page": "\(page.key)"])
                continue
            }
            let order = Outbox.PageOrder(
                command: command,
                environment: parts.environment + [
                    Variable(name: "TMINUS_PIPELINE", value: plan.pipeline),
                    Variable(name: "TMINUS_SERVICE", value: plan.service),
                    Variable(name: "TMINUS_ENVIRONMENT", value: plan.environment),
                    Variable(name: "TMINUS_RUN", value: page.run),
                    Variable(name: "TMINUS_PAGE_KEY", value: page.key),
                    Variable(name: "TMINUS_PAGE_REASON", value: page.reason),
                ], workingDirectory: plan.workingDirectory(files: parts.files.folder(of: page.run)),
                pinned: plan.files.map(\.path))
            outbox.entries[page.number] = Outbox.Entry(page: page, order: order, mayBeStarted: mayBeStarted)
        }
    }

    private func plan(of page: Page) async -> Plan? {
        if let plan = live[page.run]?.plan { return plan }
        do throws(StoreError) {
            let first = try await parts.journal.events(of: page.run, after: 0, limit: 1).first
            if case .runSubmitted(let submission) = first?.body { return submission.plan }
            logger.error("a page of \(page.run) has no run", metadata: ["page": "\(page.key)"])
        } catch {
            logger.error("the plan of a page could not be read: \(error)", metadata: ["run": "\(page.run)"])
            retryOutbox()
        }
        return nil
    }

    private func retryOutbox() {
        let clock = parts.clock
        Task {
            do { try await clock.sleep(until: clock.now.advanced(by: .seconds(30))) } catch { return }
            readOutbox()
        }
    }
}

extension Engine {
    /// Starts the tries that are due.
    func tryPages() {
        guard !isLeaving else { return }
        let due = outbox.entries.values.filter { !$0.isTrying && $0.page.due <= now }
            .sorted { $0.page.number < $1.page.number }
        let free = Self.pagesAtOnceMax - outbox.entries.values.count { $0.isTrying }
        for entry in due.prefix(max(free, 0)) {
            outbox.entries[entry.page.number]?.isTrying = true
            attempt(entry)
        }
        if let next = outbox.nextDue, next > now { arm(next) }
    }

    private func attempt(_ entry: Outbox.Entry) {
        let page = entry.page
        let number = page.tried + 1
        let order = AttemptOrder(
            key: AttemptKey(run: page.run, attempt: .page(number: page.number, tried: number)),
            directory: "runs/\(page.run)/.pages/\(page.number).\(number)",
            work: .command(entry.order.command, environment: []), environment: entry.order.environment, secrets: [],
            timeout: Self.pageTimeout, grace: .seconds(10), workingDirectory: entry.order.workingDirectory,
            pinnedFiles: "runs/\(page.run)/files", pinned: entry.order.pinned)
        dispatch(entry.mayBeStarted ? .adopt(order) : .start(order), in: outbox.lane)
    }

    func pageReported(_ report: AttemptReport) {
        guard case .page(let number, let tried) = report.key.attempt, case .ended(let result) = report.news,
            var entry = outbox.entries[number], entry.isTrying, entry.page.tried + 1 == tried
        else { return }
        entry.mayBeStarted = false
        entry.page.tried = tried
        switch result.end {
        case .exited(0):
            entry.page.state = .delivered
            counted.pagesDelivered += 1
        case .tombstoned:
            entry.page.due = now
        case .exited, .signalled, .timedOut, .stopped, .killFailed, .notStarted, .vanished:
            counted.pageTriesFailed += 1
            let pause = min(Self.pauseMax, Self.pauseFirst << Int64(min(tried - 1, 8)))
            entry.page.due = now.advanced(by: .milliseconds(pause))
            logger.warning(
                "a page was not delivered: \(result.note ?? "\(result.end)")",
                metadata: ["run": "\(report.key.run)", "page": "\(entry.page.key)", "try": "\(tried)"])
        }
        if entry.page.state == .due, tried >= Self.pageTriesMax {
            entry.page.state = .givenUp
            counted.pagesGivenUp += 1
            logger.error(
                "a page is given up after \(tried) tries; a person is needed: \(entry.page.reason)",
                metadata: ["run": "\(report.key.run)", "page": "\(entry.page.key)"])
        }
        outbox.entries[number] = entry
        record(entry.page)
    }

    /// Writes a try's outcome into the outbox; tried again when the store refuses, so that no page is told twice.
    private func record(_ page: Page) {
        Task {
            do throws(StoreError) {
                try await parts.journal.record(page)
                recorded(page)
            } catch {
                logger.error("the outcome of a page could not be recorded: \(error)")
                let pause = now.advanced(by: .milliseconds(Self.pauseFirst))
                retryRecord(page, at: pause)
            }
        }
    }

    private func recorded(_ page: Page) {
        switch page.state {
        case .delivered, .givenUp: outbox.entries[page.number] = nil
        case .due: outbox.entries[page.number]?.isTrying = false
        }
        tryPages()
        noteIdle()
    }

    private func retryRecord(_ page: Page, at instant: Instant) {
        let clock = parts.clock
        Task {
            do { try await clock.sleep(until: instant) } catch { return }
            if !isLeaving { record(page) }
        }
    }
}
