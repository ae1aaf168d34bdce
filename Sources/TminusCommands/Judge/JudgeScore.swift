package import ArgumentParser
import TminusJudgement
import TminusModel
import TminusPipeline
import TminusReports

package struct JudgeScore: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Scores measured values by Keptn's objectives: pass and warning criteria, weights, key objectives.",
        discussion: """
            Example: tminus judge score --objectives slo.yaml --values values.json

            The values are {"values": {"latency": {"value": 250, "previous": [240, 244]}, "errors": 0.1}}, the oldest \
            previous value first; null was not measured. Both files may be YAML or JSON. Exit code 0 is a pass, 1 a \
            fail, 3 neither: a warning, or not enough to tell.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The objectives.", valueName: "file"), completion: .file())
    package var objectives: String

    @Option(name: .long, help: ArgumentHelp("What was measured.", valueName: "file"), completion: .file())
    package var values: String

    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let name = objectives.split(separator: "/").last.map(String.init) ?? objectives
        let card = try read(objectives) { (json) throws(ConfigError) in try ScoreCard(json: json, name: name) }
        let measured = try read(values) { (json) throws(ConfigError) in try ScoredValue.list(json: json) }
        let unused = measured.map(\.name).filter { name in !card.objectives.contains { $0.name == name } }
        if !unused.isEmpty {
            Output.complain("warning: \(values): no objective is called \(unused.joined(separator: ", "))")
        }
        let score = card.score(measured)
        let report = ScoreReport(score)
        let output = Output(look)
        if look.json { output.print(report.json) } else { output.print(report.lines) }
        try ExitStatus(score.judgement.verdict).end()
    }

    private func read<Value>(_ path: String, _ parse: (JSON) throws(ConfigError) -> Value) throws -> Value {
        let json: JSON
        do { json = try PlainYAML.json(path: path) } catch {
            Output.complain(error.description)
            throw Failure.silent(.badInput)
        }
        do { return try parse(json) } catch { throw Failure(.badInput, "\(path): \(error)") }
    }
}
