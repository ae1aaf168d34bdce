import TminusModel
package import TminusPorts

extension JournalConformance {
    package static func checkThatATagMakesOneRun(_ store: any JournalStore) async throws {
        let origin = TagOrigin(repository: "file:///r", tag: "v1", object: "aa", pipeline: "p.yaml")
        var first = ExampleRun(name: "checkout-1").submitted
        first.origin = origin
        try await store.append([first])
        var second = ExampleRun(name: "checkout-2").submitted
        second.origin = origin
        let again = await code { [second] () throws(StoreError) in try await store.append([second]) }
        try expectEqual(again, .duplicate, "a second run of the same tag object")
        try expectEqual(try await store.summary(of: "checkout-2"), nil, "the run that was refused")
        try expectEqual(try await store.run(of: origin), "checkout-1", "the tag's run")
        var otherAddress = origin
        otherAddress.repository = "/r/.git"
        second.origin = otherAddress
        let elsewhere = await code { [second] () throws(StoreError) in try await store.append([second]) }
        try expectEqual(elsewhere, .duplicate, "the same tag object under another address of its repository")
        try expectEqual(try await store.run(of: otherAddress), "checkout-1", "the tag's run by another address")
        let found = try await store.runs(repository: "/r/", tag: "v1")
        try expectEqual(found, [TaggedRun(origin: origin, run: "checkout-1")], "the tag's runs as they were kept")
        var pipeline = otherAddress
        pipeline.pipeline = "q.yaml"
        second.origin = pipeline
        try await store.append([second])
        try expectEqual(try await store.run(of: pipeline), "checkout-2", "the run of another pipeline of the tag")
    }

    package static func checkThatAMovedTagMakesNoRun(_ store: any JournalStore) async throws {
        let origin = TagOrigin(repository: "https://h/r.git", tag: "v1", object: "aa", pipeline: "p.yaml")
        var moved = origin
        moved.repository = "git@h:r"
        moved.object = "bb"
        var first = ExampleRun(name: "checkout-1").submitted
        first.origin = origin
        var second = ExampleRun(name: "checkout-2").submitted
        second.origin = moved
        let both = [first, second]
        let together = await code { () throws(StoreError) in try await store.append(both) }
        try expectEqual(together, .moved, "two objects of one tag in one append")
        try expectEqual(try await store.liveRuns(), [], "the runs of an append that was refused")
        try await store.append([first])
        for pipeline in ["p.yaml", "q.yaml"] {
            moved.pipeline = pipeline
            second.origin = moved
            let later = await code { [second] () throws(StoreError) in try await store.append([second]) }
            try expectEqual(later, .moved, "a run of a tag that was moved")
        }
        try expectEqual(try await store.run(of: moved), nil, "the run of a tag that was moved")
        second.origin = TagOrigin(repository: "https://h/r.git", tag: "v2", object: "bb", pipeline: "p.yaml")
        try await store.append([second])
    }

    package static func checkThatAPageMayBeRaisedOfAnEndedRun(_ store: any JournalStore) async throws {
        let run = ExampleRun(name: "checkout-1")
        var submitted = run.submitted
        submitted.origin = TagOrigin(repository: "https://h/r.git", tag: "v1", object: "aa", pipeline: "p.yaml")
        try await store.append([submitted])
        try await store.append([run.ended])
        let at = Instant(millisecondsSinceEpoch: ExampleRun.origin + 90_000)
        for reason in ["moved", "moved again"] {
            try await store.raise("tag-held:v1", reason, of: "checkout-1", at: at)
        }
        let pages = try await store.pages()
        try expectEqual(pages.map(\.key), ["tag-held:v1"], "the keys of the pages")
        try expectEqual(pages.map(\.reason), ["moved"], "the reasons of the pages")
        try expectEqual(pages.map(\.due), [at], "when the pages are due")
        let unknown = await code { () throws(StoreError) in try await store.raise("k", "r", of: "cart-1", at: at) }
        try expectEqual(unknown, .unknownRun, "a page of a run that does not exist")
        let newest = try await store.newestRun(repository: "git@h:r")
        try expectEqual(newest?.run, "checkout-1", "the newest run of the repository")
        try expectEqual(try await store.newestRun(repository: "git@h:s"), nil, "the newest run of another")
    }

    package static func checkThatReleasesAreFound(_ store: any JournalStore) async throws {
        var records: [ReleaseRecord] = []
        for number in 1...4 {
            let run = ExampleRun(name: "checkout-\(number)")
            try await store.append([run.submitted])
            var ended = run.ended
            let record = ReleaseRecord(
                run: "checkout-\(number)", service: "checkout", environment: number == 2 ? "staging" : "production",
                pipeline: "checkout", outcome: .succeeded, hadEffect: true, change: .normal, release: .minor,
                version: "v1.\(number)", lineage: number == 4 ? .rollback(of: "checkout-3", restores: nil) : nil,
                digest: String(repeating: "a", count: 64),
                ended: Instant(millisecondsSinceEpoch: 1_000 * Int64(number)))
            ended.release = record
            try await store.append([ended])
            records.append(record)
        }
        let all = try await store.releases(service: nil, environment: nil, limit: 10)
        try expectEqual(all, records.reversed(), "all releases")
        let production = try await store.releases(service: "checkout", environment: "production", limit: 2)
        try expectEqual(production.map(\.run), ["checkout-4", "checkout-3"], "the newest two on production")
        let others = try await store.releases(service: "cart", environment: nil, limit: 10)
        try expectEqual(others, [], "releases of another service")
    }
}
