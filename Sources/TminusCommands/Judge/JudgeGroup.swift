package import ArgumentParser

package struct JudgeGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Judges what was measured before: by rules, by Kayenta's configs, by Keptn's objectives.",
        subcommands: [SimulateJudge.self, BacktestJudge.self, JudgeCanary.self, JudgeScore.self]
    )

    package init() {}
}
