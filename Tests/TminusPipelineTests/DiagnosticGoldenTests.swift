import Foundation
import Testing

@testable import TminusPipeline

/// One pipeline with something wrong in `Golden/diagnostics/*.yaml`, what a person reads about it in `*.txt`.
@Suite struct DiagnosticGoldenTests {
    static let folder = Repository.golden.appending(path: "diagnostics")
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test func theFixturesAreFound() {
        #expect(Self.names.count > 60)
    }

    @Test(arguments: names) func everyMistakeIsExplained(_ name: String) throws {
        let bytes = try Data(contentsOf: Self.folder.appending(path: name + ".yaml"))
        var text: String
        do throws(DiagnosticsError) {
            let pipeline = try PipelineLoader.load(
                bytes: Array(bytes), file: name + ".yaml", folder: Self.folder.path)
            let resolved = try pipeline.validate()
            text = resolved.warnings.map(\.text).joined(separator: "\n\n")
            #expect(!text.isEmpty, "\(name) has nothing wrong")
        } catch {
            text = error.description
            #expect(error.diagnostics == error.diagnostics.sorted(by: Diagnostic.isBefore))
        }
        try expectGolden(text, "diagnostics/\(name).txt")
    }
}
