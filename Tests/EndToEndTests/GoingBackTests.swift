import Testing

/// `tminus rollback --service`: one command, no run and no file to find.
@Suite struct GoingBackTests {
    /// A service whose version is what stands in the file `current`, and maintenance in `door`.
    static func shop(_ more: String = "") throws -> Tminus {
        let tminus = try Tminus()
        try tminus.write(
            "place",
            "#!/bin/sh\necho \"$1 $TMINUS_ROLE ${TMINUS_ROLLBACK_OF:-}\" >>calls\n[ \"$1\" = - ] && exit 0\n"
                + "echo \"$1\" >current\n", executable: true)
        try tminus.write("v1.yaml", pipeline("v0", more))
        try tminus.write("v2.yaml", pipeline("v1", more))
        try tminus.write("v3.yaml", pipeline("v2", more))
        return tminus
    }

    private static func pipeline(_ before: String, _ more: String) -> String {
        """
        pipeline: shop
        service: shop
        environment: production
        inputs: {version: {type: version}}
        steps:
          check: {run: [./place, "-"], effect: none}
          shut:
            maintenance: {enter: [./place, "-"], leave: [./place, "-"], until: deploy}
          deploy: {shell: ./place v$TMINUS_INPUT_VERSION, rollback: {run: [./place, \(before)]}}
        \(more)

        """
    }

    static func release(_ versions: Int..., on tminus: Tminus) async throws {
        for version in versions {
            let ended = try await tminus.run("run", "v\(version).yaml", "--input", "version=\(version)")
            try #require(ended.status == 0, "\(ended.output)\(ended.errors)")
        }
    }

    private static let back = ["rollback", "--service", "shop", "--environment", "production", "--reason", "flooded"]

    private func goBack(_ tminus: Tminus, _ more: String...) async throws -> Ended {
        try await tminus.start(Self.back + ["--yes"] + more).ended()
    }

    @Test func goingBackTwiceGoesBackOneReleaseFurtherAndThenThereIsNone() async throws {
        let tminus = try Self.shop()
        try await Self.release(1, 2, 3, on: tminus)
        let first = try await goBack(tminus)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        #expect(tminus.read("current") == "v2\n")
        #expect(first.output.contains("3 (shop-3)"), "\(first.output)")
        #expect(first.output.contains("2 (shop-2) is in place again"), "\(first.output)")
        #expect(tminus.lines("calls").suffix(3) == ["- rollback shop-3", "v2 rollback shop-3", "- rollback shop-3"])
        let second = try await goBack(tminus)
        #expect(second.status == 0, "\(second.output)\(second.errors)")
        #expect(tminus.read("current") == "v1\n")
        let third = try await goBack(tminus)
        #expect(third.status == 1)
        #expect(third.errors.contains("no previous version"), "\(third.errors)")
        #expect(tminus.read("current") == "v1\n")
    }

    @Test func goingBackToAVersionUndoesEachNewerOneNewestFirst() async throws {
        let tminus = try Self.shop()
        try await Self.release(1, 2, 3, on: tminus)
        let ended = try await goBack(tminus, "--to", "1")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(
            tminus.lines("calls").filter { $0.hasPrefix("v") }.suffix(2) == [
                "v2 rollback shop-3", "v1 rollback shop-2",
            ])
        let again = try await goBack(tminus, "--to", "1")
        #expect(again.status == 1)
        #expect(again.errors.contains("is in place on shop in production already"), "\(again.errors)")
        let unknown = try await goBack(tminus, "--to", "9")
        #expect(unknown.errors.contains("9 is no good release"), "\(unknown.errors)")
    }

    @Test func nobodyIsAskedWithoutATerminalAndNothingIsDone() async throws {
        let tminus = try Self.shop()
        try await Self.release(1, 2, on: tminus)
        let ended = try await tminus.start(Self.back).ended()
        #expect(ended.status == 64)
        #expect(ended.errors.contains("--yes"), "\(ended.errors)")
        #expect(ended.output.contains("maintenance begins"), "\(ended.output)")
        #expect(tminus.read("current") == "v2\n")
    }

    @Test func aLiveRunIsTurnedAroundFirstAndTheReleaseUnderItStays() async throws {
        let tminus = try Self.shop("  after: {run: [./until, go], effect: none}")
        try tminus.add(fixtures: "until")
        try tminus.write("go", "")
        try await Self.release(1, 2, on: tminus)
        try tminus.remove("go")
        let run = try await tminus.submit("v3.yaml", "--input", "version=3")
        try await Watch(run, tminus).event("attemptRunning", "after")
        let ended = try await goBack(tminus)
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("3 (shop-3) is live: it is stopped and rolled back"), "\(ended.output)")
        #expect(tminus.read("current") == "v2\n")
    }

    @Test func whatCannotBeUndoneIsSaidAndTheRunIsIncomplete() async throws {
        let tminus = try Self.shop("  more: {run: [./place, \"-\"], rollback: {shell: ./place -; test -e mended}}")
        try await Self.release(1, 2, on: tminus)
        let ended = try await goBack(tminus)
        #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
        #expect(tminus.read("current") == "v1\n")
        let refused = try await goBack(tminus)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--force-newer shop-3"), "\(refused.errors)")
        let calls = tminus.lines("calls").count
        try tminus.write("mended", "")
        let goesOn = try await goBack(tminus, "--force-newer", "shop-3")
        #expect(goesOn.status == 0, "\(goesOn.output)\(goesOn.errors)")
        #expect(tminus.lines("calls").count == calls + 1)
    }

    @Test func anOlderRunIsUndoneOnlyByNameOfWhatIsNewer() async throws {
        let tminus = try Self.shop()
        try await Self.release(1, 2, 3, on: tminus)
        let refused = try await tminus.run("rollback", "shop-2", "--yes")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--force-newer shop-3"), "\(refused.errors)")
        let forced = try await tminus.run("rollback", "shop-2", "--yes", "--force-newer", "shop-3")
        #expect(forced.status == 0, "\(forced.output)\(forced.errors)")
        let again = try await tminus.run("rollback", "shop-4", "--yes")
        #expect(again.errors.contains("is itself a rollback"), "\(again.errors)")
    }

    @Test func filesAreThoseOfTheReleaseAndNotWhatIsOnDiskNow() async throws {
        let tminus = try Self.shop()
        try await Self.release(1, 2, on: tminus)
        try tminus.write("place", "#!/bin/sh\necho edited >current\n", executable: true)
        #expect(try await goBack(tminus).status == 0)
        #expect(tminus.read("current") == "v1\n")
    }

    @Test func aPointOfNoReturnIsRefusedUnlessSomebodyInsists() async throws {
        let tminus = try Self.shop("  point: {run: [./place, \"-\"], pivot: true}")
        try await Self.release(1, 2, on: tminus)
        let refused = try await goBack(tminus)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--past-pivot"), "\(refused.errors)")
        #expect(tminus.read("current") == "v2\n")
        let ended = try await goBack(tminus, "--past-pivot")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(tminus.read("current") == "v1\n")
    }
}

/// What stands when T-1 is done, signed.
@Suite struct SealTests {
    @Test func aPhaseThatIsDoneIsSealedAndTheSealNamesWhatItHolds() async throws {
        let tminus = try Tminus()
        try tminus.write(
            "p.yaml",
            """
            pipeline: p
            environment: test
            T-1:
              steps:
                look: {run: [/bin/true], effect: none}
            T-0:
              steps:
                deploy: {run: [/bin/true]}

            """)
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        let path = "data/seals/p-1.T-1.seal"
        #expect(try await Waiting.until { tminus.exists(path) })
        #expect(!tminus.exists("data/seals/p-1.T-0.seal"))
        let shown = try await tminus.run("seal", "show", path)
        #expect(shown.output.contains("look: succeeded"), "\(shown.output)\(shown.errors)")
        #expect(try await tminus.run("seal", "verify", path).status == 0)
        try tminus.write(path, tminus.read(path).replacing("succeeded", with: "succeeding"))
        #expect(try await tminus.run("seal", "verify", path).status == 65)
    }
}
