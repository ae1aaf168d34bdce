import Testing

/// The house rules, held against the text of the package. CONTRIBUTING.md gives their reasons.
@Suite struct TidyTests {
    let code = SourceTree.swift + SourceTree.c

    @Test func theTreeIsFound() {
        #expect(SourceTree.exists("Package.swift"))
        #expect(SourceTree.swift.count > 50)
    }

    @Test func noFileIsLongerThan500Lines() {
        expectNone(LengthRules.longFiles(code))
    }

    @Test func theMiddleSourceFileHasAtMost150Lines() {
        let sources = SourceTree.swift.filter { $0.path.hasPrefix("Sources/") }
        #expect(LengthRules.medianLines(sources) <= LengthRules.linesMedianMax)
    }

    @Test func noLineIsWiderThan120Columns() {
        expectNone(code.flatMap(LengthRules.wideLines))
    }

    @Test func noFunctionIsLongerThan70Lines() {
        expectNone(code.flatMap(FunctionRules.longFunctions))
    }

    @Test func thePureTargetsImportOnlyEachOther() {
        expectNone(SourceTree.sources.flatMap(ImportRules.forbiddenImports))
    }

    @Test func thePureTargetsUseNeitherClockNorChance() {
        expectNone(SourceTree.sources.flatMap(ImportRules.impureWords))
    }

    @Test func sourcesNeitherForceNorUseFoundationsProcess() {
        expectNone(SourceTree.sources.flatMap { WordRules.banned(WordRules.inSources, $0) })
    }

    @Test func testsDoNotSleep() {
        let tests = SourceTree.swift.filter { $0.path.hasPrefix("Tests/") }
        expectNone(tests.flatMap { WordRules.banned(WordRules.inTests, $0) })
    }

    @Test func nothingInSourcesAndScriptsIsUnfinished() {
        expectNone((SourceTree.sources + SourceTree.scripts).flatMap(WordRules.unfinished))
    }

    @Test func remindersNameAnIssue() {
        let excepted = "Tests/TidyTests/WordRulesTests.swift"
        let files = code + SourceTree.scripts
        expectNone(files.filter { $0.path != excepted }.flatMap(WordRules.reminders))
    }

    @Test func typesAreNamedAfterWhatTheyAre() {
        expectNone(SourceTree.swift.flatMap(NameRules.vagueTypes))
    }

    @Test func noFolderOrFileIsNamedAfterNothing() {
        expectNone(SourceTree.files.map(\.path).flatMap(NameRules.vaguePath))
    }

    @Test func sharedTypesSayWhatTheyAre() {
        expectNone(SourceTree.sources.flatMap(DocCommentRules.undocumentedTypes))
    }

    @Test func documentsHaveOneTitle() {
        expectNone(SourceTree.markdown.flatMap(MarkdownRules.titles))
    }

    @Test func linksInDocumentsLeadSomewhere() {
        expectNone(SourceTree.markdown.flatMap { MarkdownRules.brokenLinks($0, exists: SourceTree.exists) })
    }

    @Test func everyTargetHasItsFolderAndEveryFolderItsTarget() throws {
        let manifest = try #require(SourceTree.files.first { $0.path == "Package.swift" })
        let folders = ["Sources", "Tests"].flatMap { parent in
            SourceTree.folders(in: parent).map { "\(parent)/\($0)" }
        }
        expectNone(
            PackageRules.mismatches(manifest: manifest.text, folders: folders, files: SourceTree.files.map(\.path)))
    }
}
