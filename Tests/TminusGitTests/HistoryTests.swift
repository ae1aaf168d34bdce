import Foundation
import Testing

@testable import TminusGit

@Suite struct HistoryTests {
    @Test func aChangelogHoldsWhatCameInSinceTheLastRelease() throws {
        let scratch = try ScratchRepository()
        let old = try scratch.commit("one", at: 1_000)
        let second = try scratch.commit("two\n\nbody", at: 2_000)
        let third = try scratch.commit("three", at: 3_000)
        let log = try scratch.open().changelog(from: old, to: third)
        #expect(log.commits.map(\.id) == [third, second])
        #expect(log.commits.map(\.subject) == ["three", "two"])
        #expect(log.commits.map(\.committer.seconds) == [3_000, 2_000])
        #expect(log.commits.first?.author.email == "a@example.org")
        #expect(log.added == 2)
        #expect(log.removed == 0)
        #expect(log.isComplete)
    }

    @Test func goingBackAddsNothingAndSaysHowMuchGoes() throws {
        let scratch = try ScratchRepository()
        let old = try scratch.commit("one", at: 1_000)
        let new = try scratch.commit("two", at: 2_000)
        let log = try scratch.open().changelog(from: new, to: old)
        #expect(log == Changelog(commits: [], added: 0, removed: 1))
    }

    @Test func aHotfixBesideTheMainLineAddsAndRemoves() throws {
        let scratch = try ScratchRepository()
        let base = try scratch.commit("base", at: 1_000)
        let main = try scratch.commit("main", at: 2_000)
        try scratch.git("checkout", "--quiet", "-b", "hotfix", base)
        let fix = try scratch.commit("fix", at: 3_000)
        let repository = try scratch.open()
        let log = try repository.changelog(from: main, to: fix)
        #expect(log.commits.map(\.id) == [fix])
        #expect(log.added == 1)
        #expect(log.removed == 1)
        #expect(try repository.contains(base, in: fix))
        #expect(try !repository.contains(main, in: fix))
        #expect(try repository.contains(fix, in: fix))
    }

    @Test func aLongChangelogListsTheNewestAndCountsAll() throws {
        let scratch = try ScratchRepository()
        let old = try scratch.commit("0", at: 1_000)
        var last = old
        for number in 1...6 { last = try scratch.commit("\(number)", at: 1_000 + number) }
        let repository = try scratch.open()
        let log = try repository.changelog(from: old, to: last, limit: 2)
        #expect(log.commits.map(\.subject) == ["6", "5"])
        #expect(log.added == 6)
        #expect(!log.isComplete)
        #expect(try repository.changelog(from: nil, to: last, limit: 100).commits.count == 7)
    }

    @Test func aSubjectCantMoveTheCursorButMayBeJapanese() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("リリース準備 \u{1B}[2J\u{202E}x")
        #expect(try scratch.open().commit(commit).subject == "リリース準備 \\u{1B}[2J\\u{202E}x")
    }

    @Test func leadTimesCountFromTheCommitterAndLeaveMergesOut() throws {
        let person = { (seconds: Int64) in GitPerson(name: "A", email: "a", seconds: seconds, zoneMinutes: 0) }
        let commits = [(900, 1), (400, 1), (100, 1), (990, 2), (5_000, 1)].map { seconds, parents in
            GitCommit(
                id: "", author: person(0), committer: person(Int64(seconds)), subject: "", parentCount: parents)
        }
        let times = try #require(LeadTimes(commits, until: 1_000))
        #expect(times.count == 4)
        #expect(times.medianSeconds == 100)
        #expect(times.longestSeconds == 900)
        #expect(LeadTimes([], until: 0) == nil)
        let ancient = GitCommit(id: "", author: person(0), committer: person(.min), subject: "", parentCount: 1)
        #expect(LeadTimes.wait(ancient, until: 1_000) == .max)
        let far = GitCommit(id: "", author: person(0), committer: person(.max), subject: "", parentCount: 1)
        #expect(LeadTimes.wait(far, until: -1_000) == 0)
    }
}
