package import ArgumentParser

package struct JudgeGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Tries judging rules on what was measured before.",
        subcommands: [SimulateJudge.self, BacktestJudge.self]
    )

    package init() {}
}
