import Testing

@Suite struct NameRulesTests {
    private func names(_ text: String) -> [Int] {
        NameRules.vagueTypes(SourceFile(path: "Sources/A/B.swift", text: text)).map(\.line)
    }

    @Test func vagueTypeNamesAreFound() {
        let text = """
            struct RunManager {}
            final class Plan {}
            enum StringUtils {}
            actor TaskQueue {}
            typealias A = B
            """
        #expect(names(text) == [1, 3, 4])
    }

    @Test func aWordInsideAWordIsAnother() {
        #expect(names("struct Database {}\nstruct Multitasking {}\nstruct Information {}\n") == [])
    }

    @Test func usingATypeDeclaresNothing() {
        #expect(names("let a: FileManager = b\nfunc c(_ d: LogHandler) {}\n") == [])
    }

    @Test func exceptionsHaveReasons() {
        #expect(names("struct DataDirectory {}\n") == [])
        #expect(NameRules.exceptions.values.allSatisfy { $0.count >= 10 })
    }

    @Test func vagueFoldersAreFound() {
        #expect(NameRules.vaguePath("Sources/TminusCore/Utils/A.swift").count == 1)
        #expect(NameRules.vaguePath("Sources/TminusCore/Common.swift").count == 1)
        #expect(NameRules.vaguePath("Sources/TminusCore/Decide/Decide.swift") == [])
    }

    @Test func sharedTypesNeedADocComment() {
        let text = """
            /// Documented.
            package struct A {}
            package enum B {
                package struct Nested {}
            }
            /// Documented, with an attribute between.
            @frozen
            package protocol C {}
            struct Internal {}
            """
        let found = DocCommentRules.undocumentedTypes(SourceFile(path: "Sources/TminusModel/A.swift", text: text))
        #expect(found.map(\.line) == [3])
        let adapter = DocCommentRules.undocumentedTypes(SourceFile(path: "Sources/TminusSQLite/A.swift", text: text))
        #expect(adapter == [])
    }
}
