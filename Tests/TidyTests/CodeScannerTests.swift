import Testing

@Suite struct CodeScannerTests {
    private func code(_ text: String, _ language: CodeScanner.Language = .swift) -> String {
        String(decoding: CodeScanner.code(of: text, language: language), as: UTF8.self)
    }

    @Test func commentsAreBlank() {
        #expect(code("a // b\nc") == "a     \nc")
        #expect(code("a /* b /* c */ d */ e") == "a                   e")
    }

    @Test func stringsAreBlankAndKeepTheirQuotes() {
        #expect(code("a(\"}\\\"{\")") == "a(\"    \")")
        #expect(code("a(\"\")") == "a(\"\")")
        #expect(code("x = \"//\" + y") == "x = \"  \" + y")
    }

    @Test func rawAndMultilineStringsEndWhereTheyEnd() {
        #expect(code("#\"a\"b\"# c") == "#\"   \"# c")
        #expect(code("\"\"\"\n{ \"\n\"\"\" c") == "\"\"\"\n   \n\"\"\" c")
    }

    @Test func interpolatedCodeStays() {
        #expect(code("\"a\\(b(\"}\"))c\" d") == "\"   b(\" \")  \" d")
    }

    @Test func blanksKeepTheLength() {
        let text = "let a = \"ü\" // é\n"
        #expect(CodeScanner.code(of: text).count == text.utf8.count)
    }

    @Test func characterConstantsOfCAreBlank() {
        #expect(code("c == '\"' || d", .c) == "c == ' ' || d")
        #expect(code("c == '\\'' || d", .c) == "c == '  ' || d")
    }
}
