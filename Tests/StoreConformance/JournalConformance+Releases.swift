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
        var moved = origin
        moved.object = "bb"
        try expectEqual(try await store.run(of: moved), nil, "the run of a tag that moved")
        second.origin = moved
        try await store.append([second])
        try expectEqual(try await store.run(of: moved), "checkout-2", "the run of a tag that moved")
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
