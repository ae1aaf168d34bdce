import StoreConformance
import Testing
import TminusSimulation

@Suite struct MemoryStoreTests {
    @Test(arguments: JournalConformance.checks.map(\.name))
    func theMemoryJournalDoesWhatEveryJournalDoes(_ name: String) async throws {
        let entry = try #require(JournalConformance.checks.first { $0.name == name })
        try await entry.check(MemoryJournal())
    }

    @Test(arguments: SampleConformance.checks.map(\.name))
    func theMemorySamplesDoWhatEverySampleStoreDoes(_ name: String) async throws {
        let entry = try #require(SampleConformance.checks.first { $0.name == name })
        try await entry.check(MemorySamples())
    }

    @Test(arguments: ControlStoreCase.allCases)
    func theMemoryControlJournalDoesWhatEveryOneDoes(_ check: ControlStoreCase) async throws {
        #expect(try await check.fault(of: MemoryControl()) == nil)
    }
}
