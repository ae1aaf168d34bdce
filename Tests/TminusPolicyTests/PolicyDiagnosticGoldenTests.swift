import Foundation
import Testing
import TminusPipeline

@testable import TminusPolicy

/// One policy with something wrong in `Golden/diagnostics/*.yaml`, what a person reads about it in `*.txt`.
@Suite struct PolicyDiagnosticGoldenTests {
    static let folder = Repository.golden.appending(path: "diagnostics")
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test func theFixturesAreFound() {
        #expect(Self.names.count >= 25)
    }

    @Test(arguments: names) func everyMistakeIsExplained(_ name: String) throws {
        let bytes = try Data(contentsOf: Self.folder.appending(path: name + ".yaml"))
        do throws(DiagnosticsError) {
            _ = try PolicyLoader.load(bytes: Array(bytes), file: name + ".yaml")
            Issue.record("\(name) has nothing wrong")
        } catch {
            try expectGolden(error.description, "diagnostics/\(name).txt")
        }
    }
}
