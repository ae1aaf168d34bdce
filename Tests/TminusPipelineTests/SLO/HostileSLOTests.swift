import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

/// Files cut off anywhere, or with any one line left out or written twice, are refused or read, and trap nothing.
@Suite struct HostileSLOTests {
    private func load(_ slo: String, _ metrics: String) throws -> [Diagnostic] {
        let folder = try TemporaryFolder()
        try folder.write(slo, to: "slo.yaml")
        let text = """
            pipeline: payments
            environment: staging
            slo: slo.yaml
            metrics: \(metrics)
            budget: {objective: availability}
            steps:
              one:
                run: [echo]
            """
        return diagnostics(text, folder: folder.path)
    }

    @Test(arguments: ["openslo.yaml", "teams.yaml"]) func brokenFilesAreExplained(_ name: String) throws {
        let text = try String(contentsOf: Repository.pipelines.appending(path: "slo/" + name), encoding: .utf8)
        let metrics = name == "teams.yaml" ? "{sqlite: shop.db}" : "{prometheus: {url: \"http://127.0.0.1:9090\"}}"
        let scalars = Array(text.unicodeScalars)
        for length in stride(from: 0, to: scalars.count, by: 97) {
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: scalars[..<length])
            for found in try load(String(cut), metrics) { #expect(!found.message.isEmpty && !found.fix.isEmpty) }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var fewer = lines
            fewer.remove(at: index)
            _ = try load(fewer.joined(separator: "\n"), metrics)
            var more = lines
            more.insert(lines[index], at: index)
            _ = try load(more.joined(separator: "\n"), metrics)
        }
    }
}
