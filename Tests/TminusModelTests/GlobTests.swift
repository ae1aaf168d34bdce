import Testing
import TminusModel

@Suite struct GlobTests {
    @Test(arguments: [
        ("v*", "v1.4.2", true), ("v*", "1.4.2", false), ("v?.?", "v1.4", true), ("v?.?", "v1.42", false),
        ("*-rc*", "v1-rc2", true), ("", "", true), ("", "a", false), ("*", "", true), ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false), ("[ab]", "a", false), ("[ab]", "[ab]", true), ("v\u{202E}*", "v\u{202E}1", true),
    ])
    func aGlobMatchesWholeTexts(_ pattern: String, _ text: String, _ isMatch: Bool) {
        #expect(Glob(pattern).matches(text) == isMatch)
    }

    /// Backtracking matchers need longer than the universe for this one.
    @Test func aHostilePatternTakesNoLongerThanItsLengthsMultiplied() {
        let pattern = Glob(String(repeating: "*a", count: 500) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
    }
}
