import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

/// Checks the schema with the public validator `jsonschema` of Python, on every pipeline of `pipelines/`.
@Suite struct SchemaTests {
    /// Prints one line per file: its name, then `ok` or what is wrong. Fails when jsonschema or yaml is missing.
    private static let program = """
        import json, sys
        try:
            import jsonschema, yaml
        except ImportError as problem:
            sys.exit("needs Python's jsonschema and PyYAML (scripts/setup installs them): %s" % problem)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        for path in sys.argv[2:]:
            error = next(iter(sorted(validator.iter_errors(yaml.safe_load(open(path))), key=str)), None)
            print("ok" if error is None else "refused: %s" % "/".join(map(str, error.absolute_path)))
        """

    private func validate(_ files: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(PipelineSchema.json.indented, to: "schema.json")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["TMINUS_PYTHON"] ?? "python3"
        process.arguments = [python, "-c", Self.program, folder.path + "/schema.json"] + files
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problems = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(problems)")
        return text.split(separator: "\n").map(String.init)
    }

    @Test func everyPipelineConformsToTheSchema() throws {
        let names = try Repository.pipelineFiles()
        let found = try validate(names.map { Repository.pipelines.appending(path: $0).path })
        #expect(zip(names, found).filter { $1 != "ok" }.map { "\($0): \($1)" } == [])
        #expect(found.count == names.count)
    }

    @Test func brokenPipelinesAreRefusedByTheSchema() throws {
        let names = [
            "unknown-key", "unknown-key-in-kind", "missing-keys", "wrong-types", "bounds", "ratios", "two-kinds",
            "names",
            "urls", "duration-forms", "duration-negative", "unquoted-numbers", "inputs", "empty-steps", "not-a-mapping",
        ]
        let files = names.map { DiagnosticGoldenTests.folder.appending(path: $0 + ".yaml").path }
        let found = try validate(files)
        #expect(zip(names, found).filter { $1 == "ok" }.map(\.0) == [])
        #expect(found.count == names.count)
    }

    @Test func theSchemaIsAsRecorded() throws {
        try expectGolden(PipelineSchema.json.indented, "schema.json")
    }
}

@Suite struct KeyReferenceTests {
    @Test func theReferencePageIsWrittenFromTheTables() throws {
        try expectGolden(KeyReference.markdown, "../../../docs/reference/pipeline-keys.md")
    }

    @Test func everyKeyOfTheTablesIsShownInTheAnnotatedExample() throws {
        let text = try String(contentsOf: Repository.pipelines.appending(path: "steps.yaml"), encoding: .utf8)
        var missing: [String] = []
        for table in [KeyTable.pipeline, .step, .rule, .budget, .retry, .smoke, .canary, .maintenance, .expect, .http] {
            for key in table.keys where !text.contains("\(key.name):") { missing.append("\(table.noun): \(key.name)") }
        }
        #expect(missing == [])
    }

    @Test func everyKeyOfTheFormsOfAnSLOIsExplained() throws {
        let page = Repository.root.appending(path: "docs/reference/slo.md")
        let examples = try ["openslo.yaml", "teams.yaml", "prometheus.yaml", "logs.yaml"].map {
            try String(contentsOf: Repository.pipelines.appending(path: "slo/" + $0), encoding: .utf8)
        }
        let text = try String(contentsOf: page, encoding: .utf8) + examples.joined()
        var missing: [String] = []
        let tables: [KeyTable] = [
            .teamSLO, .sloSpec, .timeWindow, .calendar, .objective, .indicatorSpec, .ratioMetric, .metricSource,
            .metricSpec, .alertPolicySpec, .alertConditionSpec, .burnCondition, .indicatorCounting, .tier,
        ]
        for table in tables {
            for key in table.keys where !text.contains(key.name) { missing.append("\(table.noun): \(key.name)") }
        }
        #expect(missing == [])
    }
}
