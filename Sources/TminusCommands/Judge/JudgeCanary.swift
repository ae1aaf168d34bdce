package import ArgumentParser
import TminusJudgement
import TminusModel
import TminusReports

package struct JudgeCanary: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "canary",
        abstract: "Judges measured series by a Kayenta canary config: classifications, group scores and the label.",
        discussion: """
            Example: tminus judge canary --config canary.json --data series.json

            The data is {"metrics": {"errors": {"baseline": [0.1, null], "candidate": [0.2, "NaN"]}}}, or Kayenta's \
            list, [{"name": "errors", "values": {"control": [0.1], "experiment": [0.2]}}]. Null and "NaN" are missing. \
            Exit code 0 is a pass, 1 a fail, 3 neither: marginal, or not enough to tell.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The canary config.", valueName: "file"), completion: .file())
    package var config: String

    @Option(name: .long, help: ArgumentHelp("The values of both versions.", valueName: "file"), completion: .file())
    package var data: String

    @OptionGroup package var look: LookOptions

    package init() {}

    package func run() throws {
        let config = try read(config) { (text) throws(ConfigError) in try CanaryConfig(parsing: text) }
        let series = try read(data) { (text) throws(ConfigError) in try CanarySeries.list(parsing: text) }
        let unused = series.map(\.metric).filter { name in !config.metrics.contains { $0.name == name } }
        if !unused.isEmpty {
            Output.complain("warning: \(data): no metric of the config is called \(unused.joined(separator: ", "))")
        }
        let report = CanaryReport(CanaryJudge(config: config), series)
        let output = Output(look)
        if look.json { output.print(report.json) } else { output.print(report.lines) }
        try ExitStatus(report.judgement.verdict).end()
    }

    private func read<Value>(
        _ path: String, _ parse: (String) throws(ConfigError) -> Value
    ) throws(Failure) -> Value {
        let text = try TextFile.read(path)
        do { return try parse(text) } catch { throw Failure(.badInput, "\(path): \(error)") }
    }
}
