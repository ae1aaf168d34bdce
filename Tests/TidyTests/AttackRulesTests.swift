import Testing

@Suite struct AttackRulesTests {
    @Test func everyTestThatTheTableOfAttacksNamesExists() throws {
        let page = try #require(SourceTree.markdown.first { $0.path == AttackRules.path })
        let tests = AttackRules.tests(in: SourceTree.swift.filter { $0.path.hasPrefix("Tests/") })
        #expect(tests.count > 1_000)
        expectNone(AttackRules.findings(page, tests: tests))
    }

    @Test func testsAreFoundWhateverStandsBeforeTheirName() {
        let text = """
            @Test func plain() {}
            @Test(arguments: [
                ("func", 1)
            ])
            func withArguments(_ text: String, _ number: Int) {}
            func noTest() {}
            """
        let file = SourceFile(path: "Tests/A.swift", text: text)
        #expect(AttackRules.tests(in: [file]) == ["plain", "withArguments"])
    }

    @Test func aTestThatIsNotThereAndARowThatIsMissingAreFound() {
        var rows = AttackRules.classes.map { "| \($0) | a | b | `there` |" }
        rows[1] = "| S2 | a | b | `there` `gone` |"
        rows[2] = "| S3 | a | b | |"
        rows[3] = "| S4 | a | Not built: b | |"
        rows.removeLast()
        let page = SourceFile(path: "docs/a.md", text: rows.joined(separator: "\n"))
        #expect(
            AttackRules.findings(page, tests: ["there"]).map(\.message) == [
                "there is no test `gone`; name one that is", "S3 names no test",
                "each class has one row, in order; missing: S28",
            ])
    }
}
