import TminusModel
package import TminusPorts

/// What every journal store does. Each check wants an empty store.
package enum JournalConformance {
    package typealias Check = @Sendable (any JournalStore) async throws -> Void

    /// By name, in the order to run them.
    package static let checks: [(name: String, check: Check)] = [
        ("appends are ordered and exclusive", checkThatAppendsAreOrderedAndExclusive),
        ("finished runs are absorbing", checkThatFinishedRunsAreAbsorbing),
        ("batches stand or fall together", checkThatBatchesStandOrFallTogether),
        ("several batches of one run follow each other", checkThatBatchesOfOneRunFollowEachOther),
        ("events come back in pages", checkThatEventsComeBackInPages),
        ("lines carry the chain", checkThatLinesCarryTheChain),
        ("summaries are found", checkThatSummariesAreFound),
        ("runs are numbered by pipeline", checkThatRunsAreNumbered),
        ("unknown runs are said to be", checkThatUnknownRunsAreSaidToBe),
        ("of concurrent appends one wins", checkThatOfConcurrentAppendsOneWins),
        ("pages wait in the outbox", checkThatPagesWaitInTheOutbox),
        ("a tag makes one run", checkThatATagMakesOneRun),
        ("a moved tag makes no run", checkThatAMovedTagMakesNoRun),
        ("a page may be raised of an ended run", checkThatAPageMayBeRaisedOfAnEndedRun),
        ("releases are found", checkThatReleasesAreFound),
        ("finished runs can be pruned", checkThatFinishedRunsCanBePruned),
    ]

    package static func checkThatAppendsAreOrderedAndExclusive(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        let early = await code { () throws(StoreError) in
            try await store.append([run.batch(after: 2, [.runStarted])])
        }
        try expectEqual(early, .conflict, "an append to a run that does not exist")
        try await store.append([run.submitted])
        for expected in [0, 1, 3] {
            let wrong = await code { () throws(StoreError) in
                try await store.append([run.batch(after: expected, [.stepSucceeded(step: 0)])])
            }
            try expectEqual(wrong, .conflict, "an append that expects \(expected) of 2")
        }
        var gap = run.batch(after: 2, [.stepSucceeded(step: 0)])
        gap.events[0].sequence = 4
        let gapCode = await code { [gap] () throws(StoreError) in try await store.append([gap]) }
        try expectEqual(gapCode, .conflict, "an event whose sequence leaves a gap")
        gap.events = []
        let emptyCode = await code { [gap] () throws(StoreError) in try await store.append([gap]) }
        try expectEqual(emptyCode, .conflict, "a batch without events")
        let next = run.batch(after: 2, [.stepSucceeded(step: 0), .stepSucceeded(step: 1)], headline: "promoting")
        try await store.append([next])
        let events = try await store.events(of: "checkout-1", after: 0, limit: 100)
        try expectEqual(events, run.submitted.events + next.events, "the events")
        try expectEqual(try await store.summary(of: "checkout-1"), run.summary(.running, "promoting"), "the summary")
        try await store.verify("checkout-1")
        try await store.append([])
    }

    package static func checkThatFinishedRunsAreAbsorbing(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        try await store.append([run.submitted])
        try await store.append([run.ended])
        for status in [RunStatus.running, .ended(.failed)] {
            let late = await code { () throws(StoreError) in
                try await store.append([run.batch(after: 3, [.runResumed(by: "ada")], status: status)])
            }
            try expectEqual(late, .finished, "an append to an ended run")
        }
        try expectEqual(
            try await store.summary(of: "checkout-1"), run.summary(.ended(.succeeded), "done"), "the summary")
        try expectEqual(try await store.events(of: "checkout-1", after: 0, limit: 9).count, 3, "the number of events")
        try expectEqual(try await store.liveRuns().map(\.run), [], "the live runs")
        let whole = ExampleRun(name: "checkout-2")
        var batch = whole.submitted
        batch.events.append(whole.event(3, .runEnded(outcome: .aborted, reason: "never mind")))
        batch.summary = whole.summary(.ended(.aborted))
        try await store.append([batch])
        try expectEqual(try await store.summary(of: "checkout-2")?.status, .ended(.aborted), "a run ended at once")
    }

    package static func checkThatBatchesStandOrFallTogether(_ store: any JournalStore) async throws {
        let first = ExampleRun(name: "checkout-1")
        let second = ExampleRun(name: "checkout-2")
        try await store.append([first.submitted])
        let page = first.batch(after: 2, [.pageRaised(key: "k", reason: "r")])
        let failed = await code { () throws(StoreError) in
            try await store.append([page, second.submitted, second.batch(after: 7, [.runStarted])])
        }
        try expectEqual(failed, .conflict, "three batches of which the last is wrong")
        try expectEqual(try await store.events(of: "checkout-1", after: 0, limit: 9).count, 2, "the first run's events")
        try expectEqual(try await store.summary(of: "checkout-2"), nil, "the second run")
        try expectEqual(try await store.pages(), [], "the outbox")
        try await store.append([page, second.submitted])
        try expectEqual(try await store.events(of: "checkout-1", after: 0, limit: 9).count, 3, "the first run's events")
        try expectEqual(try await store.events(of: "checkout-2", after: 0, limit: 9).count, 2, "the second's")
    }

    package static func checkThatBatchesOfOneRunFollowEachOther(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        try await store.append([run.submitted, run.batch(after: 2, [.runPaused(by: "ada", reason: "tea")])])
        let failed = await code { () throws(StoreError) in
            try await store.append([
                run.batch(after: 3, [.runResumed(by: "ada")]),
                run.batch(after: 4, [.runEnded(outcome: .failed, reason: "no")], status: .ended(.failed)),
                run.batch(after: 5, [.runStarted]),
            ])
        }
        try expectEqual(failed, .finished, "a batch after the one that ends the run")
        try expectEqual(
            try await store.events(of: "checkout-1", after: 0, limit: 9).map(\.sequence), [1, 2, 3], "events")
        try await store.verify("checkout-1")
    }

    package static func checkThatEventsComeBackInPages(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        try await store.append([run.submitted])
        for sequence in 2..<40 { try await store.append([run.batch(after: sequence, [.stepSucceeded(step: 1)])]) }
        let all = try await store.events(of: "checkout-1", after: 0, limit: 1000)
        try expectEqual(all.map(\.sequence), Array(1...40), "all sequences")
        for (after, limit, expected) in [
            (0, 1, [1]), (0, 0, []), (5, 3, [6, 7, 8]), (38, 10, [39, 40]), (40, 10, []), (99, 10, []),
            (-3, 2, [1, 2]),
        ] {
            let events = try await store.events(of: "checkout-1", after: after, limit: limit)
            try expectEqual(events.map(\.sequence), expected, "events after \(after), at most \(limit)")
            try expectEqual(events, all.filter { expected.contains($0.sequence) }, "their content")
            let lines = try await store.lines(of: "checkout-1", after: after, limit: limit)
            try expectEqual(lines.count, expected.count, "lines after \(after), at most \(limit)")
        }
    }

    package static func checkThatUnknownRunsAreSaidToBe(_ store: any JournalStore) async throws {
        let events = await code { () throws(StoreError) in _ = try await store.events(of: "x", after: 0, limit: 1) }
        let lines = await code { () throws(StoreError) in _ = try await store.lines(of: "x", after: 3, limit: 1) }
        let verify = await code { () throws(StoreError) in try await store.verify("x") }
        try expectEqual([events, lines, verify], [.unknownRun, .unknownRun, .unknownRun], "what is said")
        try expectEqual(try await store.summary(of: "x"), nil, "its summary")
    }
}
