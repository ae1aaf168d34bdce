import StoreConformance
import Testing
import TminusSQLite

@Suite struct SQLiteConformanceTests {
    @Test(arguments: JournalConformance.checks.map(\.name))
    func theSQLiteJournalDoesWhatEveryJournalDoes(_ name: String) async throws {
        let entry = try #require(JournalConformance.checks.first { $0.name == name })
        let folder = try ScratchFolder()
        let journal = try SQLiteJournal(path: folder.path("journal.sqlite"), version: "0.1.0")
        try await entry.check(journal)
        try journal.close()
    }

    @Test(arguments: SampleConformance.checks.map(\.name))
    func theSQLiteSamplesDoWhatEverySampleStoreDoes(_ name: String) async throws {
        let entry = try #require(SampleConformance.checks.first { $0.name == name })
        let folder = try ScratchFolder()
        let samples = try SQLiteSamples(path: folder.path("metrics.sqlite"), version: "0.1.0")
        try await entry.check(samples)
        try samples.close()
    }

    @Test(arguments: ControlStoreCase.allCases)
    func theSQLiteJournalKeepsWhatConcernsAllRuns(_ check: ControlStoreCase) async throws {
        let folder = try ScratchFolder()
        let journal = try SQLiteJournal(path: folder.path("journal.sqlite"), version: "0.1.0")
        #expect(try await check.fault(of: journal) == nil)
        try journal.close()
    }
}
