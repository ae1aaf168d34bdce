import Testing

@Suite struct FunctionRulesTests {
    private func spans(_ text: String) -> [FunctionSpan] {
        FunctionScanner.swiftFunctions(in: CodeScanner.code(of: text))
    }

    @Test func aFunctionCountsFromItsSignatureToItsBrace() {
        #expect(spans("func a(\n    b: Int\n) {\n    c()\n}\n") == [FunctionSpan(line: 1, lineCount: 5)])
    }

    @Test func bracesInStringsAndCommentsDoNotCount() {
        let text = "func a() {\n    b(\"}\") // }\n}\nfunc c() {}\n"
        #expect(spans(text) == [FunctionSpan(line: 1, lineCount: 3), FunctionSpan(line: 4, lineCount: 1)])
    }

    @Test func requirementsHaveNoBody() {
        #expect(spans("protocol A {\n    func b() async\n    var c: Int { get }\n}\nstruct D {\n\n\n}\n").count == 1)
        #expect(spans("protocol A {\n    func b()\n}\nstruct C {\n}\n") == [])
    }

    @Test func initialisersAndPropertiesAreFunctions() {
        let text = "struct A {\n    init() {\n    }\n    var b: Int {\n        1\n    }\n    var c = d { }\n}\n"
        #expect(spans(text) == [FunctionSpan(line: 2, lineCount: 2), FunctionSpan(line: 4, lineCount: 3)])
        #expect(spans("let a = B.init(c) {\n}\n") == [])
    }

    @Test func functionsOfCAreFound() {
        let text = "struct a {\n    int b;\n};\nstatic int c[] = {\n    1\n};\nint d(void)\n{\n    if (e) {\n    }\n}\n"
        let spans = FunctionScanner.cFunctions(in: CodeScanner.code(of: text, language: .c))
        #expect(spans == [FunctionSpan(line: 7, lineCount: 5)])
    }

    @Test func aFunctionOf71LinesIsFound() {
        let body = String(repeating: "    a()\n", count: 69)
        let file = SourceFile(path: "A.swift", text: "func b() {\n\(body)}\n")
        let message = "a function of 71 lines, at most 70: give its parts names"
        #expect(FunctionRules.longFunctions(file) == [Finding(path: "A.swift", line: 1, message: message)])
        let shorter = SourceFile(path: "A.swift", text: "func b() {\n\(body.dropFirst(8))}\n")
        #expect(FunctionRules.longFunctions(shorter) == [])
    }
}
