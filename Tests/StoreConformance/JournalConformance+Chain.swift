import TminusModel
package import TminusPorts

extension JournalConformance {
    /// SHA-256 over 32 zero bytes and the line, then over each hash and the next line: the same in every store, always.
    private static let hashes = [
        "1cd9801c4810f634dc45d1c54028059843e1e27816a13875218ab16842cd0429",
        "98d2826c9f98dfeaf8881fb2bf66c7b16ce9d800267c294b22b1b972fd23b943",
        "f0e3208136ef3f57ee07f0001bceb04a09246e37a93f9b15a210e5538f392e50",
    ]

    package static func checkThatLinesCarryTheChain(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        try await store.append([run.submitted])
        try await store.append([run.ended])
        let names = StepNames(run.plan)
        let events = run.submitted.events + run.ended.events
        let lines = try await store.lines(of: "checkout-1", after: 0, limit: 9)
        try expectEqual(lines.count, 3, "the number of lines")
        var hashes: [String] = []
        for (event, line) in zip(events, lines) {
            let json = try JSON(parsing: line)
            try expectEqual(json.members?.last?.key, "hash", "the last member")
            let hash = json["hash"]?.text ?? ""
            try expectEqual(line, event.json(names).line.dropLast() + ",\"hash\":\"\(hash)\"}", "the line")
            try expectEqual(try Event(json: json, names: names), event, "the event")
            hashes.append(hash)
        }
        try expectEqual(hashes, Self.hashes, "the chain")
        try expectEqual(try await store.lines(of: "checkout-1", after: 2, limit: 9), [lines[2]], "the last line alone")
    }

    package static func checkThatOfConcurrentAppendsOneWins(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        let other = ExampleRun(name: "checkout-2")
        try await store.append([run.submitted])
        try await store.append([other.submitted])
        for round in 0..<20 {
            let wins = try await withThrowingTaskGroup(of: Int.self) { group in
                for rival in 0..<4 {
                    group.addTask {
                        let batch = run.batch(after: 2 + round, [.runPaused(by: "\(rival)", reason: "\(round)")])
                        let code = await code { () throws(StoreError) in try await store.append([batch]) }
                        try expect(code == nil || code == .conflict, "an append failed with \(code.debugDescription)")
                        return code == nil ? 1 : 0
                    }
                }
                group.addTask {
                    try await store.append([other.batch(after: 2 + round, [.runResumed(by: "\(round)")])])
                    return 0
                }
                return try await group.reduce(0, +)
            }
            try expectEqual(wins, 1, "how many of four rivals won round \(round)")
        }
        try expectEqual(try await store.events(of: "checkout-1", after: 0, limit: 99).count, 22, "events of the run")
        try expectEqual(try await store.events(of: "checkout-2", after: 0, limit: 99).count, 22, "of the other")
        try await store.verify("checkout-1")
        try await store.verify("checkout-2")
    }

    package static func checkThatSummariesAreFound(_ store: any JournalStore) async throws {
        let runs = [
            ExampleRun(name: "a-1", pipeline: "a", service: "s", environment: "test"),
            ExampleRun(name: "b-1", pipeline: "b", service: "s", environment: "production"),
            ExampleRun(name: "a-2", pipeline: "a", service: "t", environment: "test"),
            ExampleRun(name: "b-2", pipeline: "b", service: "s", environment: "test"),
        ]
        for run in runs { try await store.append([run.submitted]) }
        try await store.append([runs[0].ended])
        let questions: [(RunQuery, [String])] = [
            (RunQuery(), ["b-2", "a-2", "b-1", "a-1"]), (RunQuery(limit: 2), ["b-2", "a-2"]),
            (RunQuery(service: "s"), ["b-2", "b-1", "a-1"]), (RunQuery(environment: "test"), ["b-2", "a-2", "a-1"]),
            (RunQuery(service: "s", environment: "test"), ["b-2", "a-1"]),
            (RunQuery(service: "s", status: .ended(.succeeded)), ["a-1"]), (RunQuery(service: "u"), []),
            (RunQuery(service: "s' OR '1'='1"), []),
        ]
        for (query, expected) in questions {
            try expectEqual(try await store.summaries(query).map(\.run), expected, "runs of \(query)")
        }
        try expectEqual(try await store.liveRuns().map(\.run), ["b-1", "a-2", "b-2"], "the live runs")
    }

    package static func checkThatRunsAreNumbered(_ store: any JournalStore) async throws {
        try expectEqual(try await store.lastNumber(of: "checkout"), 0, "the last number at first")
        try await store.append([ExampleRun(name: "checkout-1").submitted])
        try await store.append([ExampleRun(name: "checkout-1").ended])
        try await store.append([ExampleRun(name: "checkout-2").submitted])
        try await store.append([ExampleRun(name: "other-1", pipeline: "other").submitted])
        try expectEqual(try await store.lastNumber(of: "checkout"), 2, "ended runs included")
        try await store.append([ExampleRun(name: "checkout-emergency-1-9").submitted])
        try expectEqual(try await store.lastNumber(of: "checkout"), 3, "runs whose names say no number are counted")
        try await store.append([ExampleRun(name: "checkout-7").submitted])
        try expectEqual(try await store.lastNumber(of: "checkout"), 7, "numbers may have been left out")
    }

    package static func checkThatPagesWaitInTheOutbox(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        try await store.append([run.submitted])
        let held = Event.Body.pageRaised(key: "held/canary", reason: "canary holds")
        try await store.append([run.batch(after: 2, [held, .pageRaised(key: "kill/canary", reason: "not dead")])])
        try await store.append([run.batch(after: 4, [held])])
        try await store.append([
            run.batch(after: 5, [.runEnded(outcome: .failed, reason: "no")], status: .ended(.failed))
        ])
        var pages = try await store.pages()
        try expectEqual(pages.map(\.key), ["held/canary", "kill/canary"], "the pages due")
        try expectEqual(pages.map(\.reason), ["canary holds", "not dead"], "their reasons")
        try expectEqual(pages[0].raised, run.event(3, held).at, "when the first was raised")
        try expectEqual(pages.map(\.tried), [0, 0], "tries")
        pages[0].tried = 1
        pages[0].due = Instant(millisecondsSinceEpoch: ExampleRun.origin + 60_000)
        try await store.record(pages[0])
        try expectEqual(try await store.pages(), pages, "the pages after a failed try")
        pages[0].tried = 2
        pages[0].state = .delivered
        try await store.record(pages[0])
        try await store.record(pages[0])
        try expectEqual(try await store.pages(), [pages[1]], "the pages after a delivery")
        pages[0].state = .due
        let again = await code { [pages] () throws(StoreError) in try await store.record(pages[0]) }
        try expectEqual(again, .conflict, "making a delivered page due again")
        var stranger = pages[1]
        stranger.number = 99
        let unknown = await code { [stranger] () throws(StoreError) in try await store.record(stranger) }
        try expectEqual(unknown, .conflict, "recording a page that does not exist")
    }
}
