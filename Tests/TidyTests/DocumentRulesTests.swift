import Testing

@Suite struct DocumentRulesTests {
    private func file(_ text: String) -> SourceFile { SourceFile(path: "docs/guides/a.md", text: text) }

    @Test func aDocumentHasOneTitle() {
        #expect(MarkdownRules.titles(file("# A\n\n## B\n")) == [])
        #expect(MarkdownRules.titles(file("## B\n")).count == 1)
        #expect(MarkdownRules.titles(file("# A\n\n# B\n")).map(\.line) == [3])
    }

    @Test func aCommentInAFencedBlockIsNoTitle() {
        #expect(MarkdownRules.titles(file("# A\n\n```sh\n# b\n```\n")) == [])
    }

    @Test func linksThatLeadNowhereAreFound() {
        let text = """
            # A
            [b](b.md) [c](../reference/c.md#d)
            [e](https://e.example) [f](#f) `[g](g.md)`
            [h](../../../h.md)
            """
        let there = ["docs/guides/b.md"]
        let findings = MarkdownRules.brokenLinks(file(text)) { there.contains($0) }
        #expect(
            findings.map(\.message) == [
                "the link to `../reference/c.md#d` leads nowhere", "the link to `../../../h.md` leads nowhere",
            ])
    }

    @Test func theManifestIsRead() {
        let manifest = """
            targets: [
                .target(name: "A"),
                .executableTarget(
                    name: "b",
                    dependencies: [.product(name: "X", package: "y")]
                ),
                .target(
                    name: "C",
                    path: "Tests/C"
                ),
                .testTarget(name: "ATests", dependencies: ["A"]),
            ],
            """
        #expect(
            PackageRules.targets(in: manifest) == [
                .init(name: "A", folder: "Sources/A"), .init(name: "b", folder: "Sources/b"),
                .init(name: "C", folder: "Tests/C"), .init(name: "ATests", folder: "Tests/ATests"),
            ])
    }

    @Test func targetsAndFoldersAreCompared() {
        let manifest = ".target(name: \"A\"),\n.target(name: \"B\"),\n"
        let findings = PackageRules.mismatches(
            manifest: manifest, folders: ["Sources/A", "Sources/C"], files: ["Sources/A/A.swift", "Sources/C/C.swift"])
        #expect(
            findings.map(\.message) == [
                "target B has no files in Sources/B", "no target in Package.swift has this folder",
            ])
    }
}
