import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct LargePlanTests {
    @Test func aPlanOfTenThousandStepsIsKept() async throws {
        let small = try SmallJournal()
        let plan = SmallJournal.plan(steps: 10_000)
        try await small.journal.append([SmallJournal.submitted(plan: plan)])
        try await small.journal.append([SmallJournal.batch(after: 1, [.stepSucceeded(step: 9_999)], plan: plan)])
        try small.journal.close()
        let again = try SQLiteJournal(path: small.path, version: "0.1.0")
        let last = try await again.events(of: SmallJournal.run, after: 1, limit: 9)
        #expect(last.map(\.body) == [.stepSucceeded(step: 9_999)])
        let first = try await again.events(of: SmallJournal.run, after: 0, limit: 1)
        #expect(first.map(\.body) == SmallJournal.submitted(plan: plan).events.map(\.body))
    }

    @Test func theNamesOfManyRunsAreKeptInBounds() {
        let cache = NameCache()
        let names = StepNames(SmallJournal.plan())
        for number in 1...40 {
            cache.keep(names, of: "run-\(number)")
            #expect(cache["run-1"] != nil || number > 40)
        }
        #expect(cache["run-1"] != nil)
        #expect(cache["run-2"] == nil)
        #expect(cache["run-40"] != nil)
    }
}
