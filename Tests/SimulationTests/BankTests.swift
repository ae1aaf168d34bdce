import Testing
import TminusSimulation

/// The bug bank in short: every planted flaw fails the check that it is meant to fail. `tminus-simulator bank` prints
/// at which seed.
@Suite struct BankTests {
    @Test(arguments: Flaw.allCases) func everyPlantedFlawIsFound(_ flaw: Flaw) {
        let finding = Bank(seeds: 3_000).search(flaw)
        #expect(finding.found?.violation.invariant == flaw.check, "\(flaw) was not found in \(finding.tried) seeds")
    }

    @Test func theBankHoldsAtLeastThirtyFlawsEachWithAStoryOfItsOwn() {
        #expect(Flaw.allCases.count >= 30)
        for flaw in Flaw.allCases { #expect(!flaw.story.isEmpty && !flaw.story.contains("|")) }
    }

    @Test func aFlawThatIsNotFoundIsSaidNotToBe() {
        let finding = Bank(seeds: 1).search(.retryPastMaximum)
        #expect(finding.found == nil)
        #expect(finding.tried == 1)
        #expect(finding.row.contains("not found"))
    }
}
