import Testing

@Suite struct ImportRulesTests {
    private func imports(_ path: String, _ text: String) -> [Int] {
        ImportRules.forbiddenImports(SourceFile(path: path, text: text)).map(\.line)
    }

    @Test func theCoreMayNotImportFoundation() {
        let text = "import TminusModel\npackage import TminusJudgement\nimport Foundation\nimport Glibc\n"
        #expect(imports("Sources/TminusCore/A.swift", text) == [3, 4])
    }

    @Test func partsOfAModuleAreTheModule() {
        #expect(imports("Sources/TminusModel/A.swift", "import struct Foundation.Date\n") == [1])
        #expect(imports("Sources/TminusModel/A.swift", "@preconcurrency internal import Dispatch\n") == [1])
    }

    @Test func theModelImportsNothingOfOurs() {
        #expect(imports("Sources/TminusModel/A.swift", "import TminusCore\n") == [1])
    }

    @Test func adaptersImportWhatTheyNeed() {
        #expect(imports("Sources/TminusSQLite/A.swift", "import Foundation\n") == [])
        #expect(imports("Tests/TminusCoreTests/A.swift", "import Foundation\n") == [])
    }

    @Test func anImportInACommentIsNone() {
        #expect(imports("Sources/TminusCore/A.swift", "// import Foundation\n") == [])
    }

    @Test func chanceIsFoundUnlessSeeded() {
        let text = """
            let a = Int.random(in: 0..<3)
            let b = Int.random(in: 0..<3, using: &seeded)
            let c = d.shuffled()
            """
        let file = SourceFile(path: "Sources/TminusSimulation/A.swift", text: text)
        #expect(ImportRules.impureWords(file).map(\.line) == [1, 3])
    }
}
