import Testing

@testable import TminusPolicy

@Suite struct PolicyReferenceTests {
    @Test func theReferencePageSaysWhatTheLoaderChecks() throws {
        try expectGolden(PolicyReference.markdown, "../../../docs/reference/policy.md")
    }
}
