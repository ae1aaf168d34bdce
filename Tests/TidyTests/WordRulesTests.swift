import Testing

@Suite struct WordRulesTests {
    private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

    private func file(_ text: String) -> SourceFile { SourceFile(path: "Sources/A/B.swift", text: text) }

    @Test func forcedTriesAndCastsAreFound() {
        let text = "let a = try! b()\nlet c = d as! E\nlet f = try? g()\nlet h = i as? J\n"
        #expect(lines(WordRules.banned(WordRules.inSources, file(text))) == [1, 2])
    }

    @Test func foundationsProcessIsFoundAndOursAreNot() {
        let text = "let a = Process()\nlet b = ShopProcess()\n// Process()\n"
        let findings = WordRules.banned(WordRules.inSources, file(text))
        #expect(lines(findings) == [1])
        #expect(findings.first?.message.contains("StepRunner") == true)
    }

    @Test func sleepsAreFound() {
        let text = """
            try await Task.sleep(for: .seconds(1))
            Thread.sleep(forTimeInterval: 1)
            usleep(3)
            let sleepy = 1
            """
        #expect(lines(WordRules.banned(WordRules.inTests, file(text))) == [1, 2, 3])
    }

    @Test func promisesAreFoundInCommentsAndStrings() {
        let text = """
            fatalError("not implemented")
            // a stub of a thing
            let stubborn = 1
            "dummy"
            // stubs and dummies
            let unimplemented = 2
            """
        #expect(lines(WordRules.unfinished(file(text))) == [1, 2, 4, 6])
    }

    @Test func remindersNeedAnIssue() {
        let text = "// TODO: later\n// TODO(#12): later\n// FIXME(#3): now\n// TODO(#): later\nlet TODOS = 1\n"
        #expect(lines(WordRules.reminders(file(text))) == [1, 3, 4])
    }

    @Test func aWordEndsWhereItEnds() {
        #expect(WordRules.occurs("stub", in: "a stub."))
        #expect(!WordRules.occurs("stub", in: "stubborn"))
        #expect(WordRules.occurs("stub", in: "stubborn stub"))
        #expect(!WordRules.occurs("as!", in: "has!"))
    }
}
