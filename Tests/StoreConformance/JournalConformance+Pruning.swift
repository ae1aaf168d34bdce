import TminusModel
package import TminusPorts

extension JournalConformance {
    package static func checkThatFinishedRunsCanBePruned(_ store: any JournalStore) async throws {
        let (first, live, last) = (
            ExampleRun(name: "checkout-1"), ExampleRun(name: "checkout-2"), ExampleRun(name: "checkout-3")
        )
        let at = Instant(millisecondsSinceEpoch: ExampleRun.origin + 99_000)
        var submitted = first.submitted
        submitted.origin = TagOrigin(repository: "file:///r", tag: "v1", object: "aa", pipeline: "p.yaml")
        try await store.append([submitted])
        try await store.append([first.batch(after: 2, [.pageRaised(key: "k", reason: "r")])])
        var ended = first.batch(
            after: 3, [.runEnded(outcome: .succeeded, reason: "done")], status: .ended(.succeeded), headline: "done")
        let record = ReleaseRecord(
            run: "checkout-1", service: "shop", environment: "test", pipeline: "checkout", outcome: .succeeded,
            hadEffect: true, change: .normal, release: .minor, digest: String(repeating: "a", count: 64), ended: at)
        ended.release = record
        try await store.append([ended])
        try await store.append([live.submitted])
        try await store.append([last.submitted])
        try await store.append([last.ended])
        let hash = try await store.lines(of: "checkout-1", after: 3, limit: 1).first?.suffix(66).prefix(64)

        let early = await code { () throws(StoreError) in
            _ = try await store.prune("checkout-2", at: at, limit: 10)
        }
        try expectEqual(early, .conflict, "pruning a live run")
        let unknown = await code { () throws(StoreError) in _ = try await store.prune("cart-1", at: at, limit: 10) }
        try expectEqual(unknown, .unknownRun, "pruning a run that is not there")
        let listed = try await store.ended(before: nil, limit: 10)
        try expectEqual(listed.map(\.summary.run), ["checkout-3", "checkout-1"], "the runs that have ended")
        try expectEqual(listed.last?.rest, PrunedRun(run: "checkout-1", events: 4, head: String(hash ?? "")), "its end")
        try expectEqual(
            try await store.ended(before: listed.first?.position, limit: 10).map(\.summary.run), ["checkout-1"],
            "those before the newest")

        try expectEqual(try await store.prune("checkout-1", at: at, limit: 3), false, "three of four events")
        try expectEqual(try await store.ended(before: nil, limit: 10).map(\.isPruned), [false, true], "what was begun")
        try expectEqual(try await store.prune("checkout-1", at: at, limit: 3), true, "the last event")
        try await checkThatItIsGone(store, record, listed.last?.rest, submitted.origin)
        let left = try await store.ended(before: nil, limit: 10).map(\.summary.run)
        try expectEqual(left, ["checkout-3"], "what is left")
        _ = try await store.shrink(bytesMax: 1 << 20)
        try await store.verify("checkout-3")
        try expectEqual(try await store.events(of: "checkout-2", after: 0, limit: 10).count, 2, "the live run's events")
    }

    private static func checkThatItIsGone(
        _ store: any JournalStore, _ record: ReleaseRecord, _ rest: PrunedRun?, _ origin: TagOrigin?
    ) async throws {
        let events = await code { () throws(StoreError) in
            _ = try await store.events(of: "checkout-1", after: 0, limit: 9)
        }
        let lines = await code { () throws(StoreError) in
            _ = try await store.lines(of: "checkout-1", after: 0, limit: 9)
        }
        let verify = await code { () throws(StoreError) in try await store.verify("checkout-1") }
        try expectEqual([events, lines, verify], [.pruned, .pruned, .pruned], "reading a pruned run")
        try expectEqual(try await store.summary(of: "checkout-1"), nil, "its summary")
        try expectEqual(
            try await store.summaries(RunQuery()).map(\.run), ["checkout-3", "checkout-2"], "the runs that are listed")
        try expectEqual(try await store.pages(), [], "its pages")
        try expectEqual(try await store.lastNumber(of: "checkout"), 3, "the last number there ever was")
        try expectEqual(
            try await store.releases(service: nil, environment: nil, limit: 9), [record], "the releases")
        try expectEqual(try await store.pruned(after: 0, limit: 9).map(\.run), [rest].compactMap { $0 }, "what stays")
        guard let origin else { return }
        try expectEqual(try await store.run(of: origin), "checkout-1", "the run of its tag")
        let again = await code { () throws(StoreError) in
            try await store.append([ExampleRun(name: "checkout-1").submitted])
        }
        try expectEqual(again, .finished, "a new run of the same name")
    }
}
