import Testing

@Suite struct LengthRulesTests {
    private func file(lines: Int) -> SourceFile {
        SourceFile(path: "A.swift", text: String(repeating: "a\n", count: lines))
    }

    @Test func aFileOf501LinesIsFound() {
        #expect(LengthRules.longFiles([file(lines: 500)]) == [])
        #expect(LengthRules.longFiles([file(lines: 501)]).count == 1)
    }

    @Test func theMedianIsTheFileInTheMiddle() {
        #expect(LengthRules.medianLines([file(lines: 3), file(lines: 400), file(lines: 20)]) == 20)
        #expect(LengthRules.medianLines([]) == 0)
    }

    @Test func aLineOf121ColumnsIsFound() {
        let wide = String(repeating: "a", count: 121)
        let message = "121 columns, at most 120"
        #expect(
            LengthRules.wideLines(SourceFile(path: "A.swift", text: "a\n\(wide)\n"))
                == [Finding(path: "A.swift", line: 2, message: message)])
    }

    @Test func columnsAreCharacters() {
        let umlauts = String(repeating: "ü", count: 120)
        #expect(LengthRules.wideLines(SourceFile(path: "A.swift", text: umlauts)) == [])
    }

    @Test func anExcuseNeedsAReason() {
        let wide = String(repeating: "a", count: 121)
        let excused = "\(wide) // tidy: allowed, because a URL cannot be broken"
        #expect(LengthRules.wideLines(SourceFile(path: "A.swift", text: excused)) == [])
        let lame = "\(wide) // tidy: allowed, because yes"
        #expect(LengthRules.wideLines(SourceFile(path: "A.swift", text: lame)).count == 1)
    }
}
