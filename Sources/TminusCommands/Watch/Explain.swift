package import ArgumentParser
import TminusAPI
import TminusCore
import TminusModel
import TminusReports

package struct Explain: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells why a run, or one of its steps, is where it is: the facts, and the numbers behind them.",
        discussion: """
            Example: tminus explain checkout-12 canary

            Every verdict that is told is judged again from its stored inputs, by the functions that made it.
            """
    )

    @OptionGroup package var target: RunArgument

    @Argument(help: "A step or a judging rule; the run as a whole when left out.")
    package var subject: String?

    @OptionGroup package var picture: PictureOption
    @OptionGroup package var options: EngineOptions

    package init() {}

    package func run() async throws {
        let history = try await Connection.use(options) { client in try await RunHistory.read(target.run, client) }
        let plan = history.state.plan
        let now = max(LocalTime.now, history.state.lastAt)
        let explanation = Explanation(
            history.state, events: history.events, now: now, clock: LocalTime.clock(at: history.state.submittedAt))
        let output = Output(options.look)
        guard let subject else {
            options.look.json ? output.print(explanation.json(of: nil)) : output.print(explanation.ofRun)
            return try draw(plan.rules.indices.first { plan.rules[$0].compares }, history, output)
        }
        if let step = plan.step(named: subject) {
            options.look.json ? output.print(explanation.json(of: step)) : output.print(explanation.of(step))
            let watching = plan.rules.indices.first { plan.rules[$0].compares && plan.rules[$0].during.contains(step) }
            return try draw(watching, history, output)
        }
        guard let rule = plan.rules.firstIndex(where: { $0.name == subject }) else {
            let known = (plan.steps.prefix(20).map(\.name) + plan.rules.map(\.name)).joined(separator: ", ")
            throw Failure(.failed, "\(target.run) has no step or rule '\(subject)'; it has \(known)")
        }
        options.look.json ? output.print(explanation.json(ofRule: rule)) : output.print(explanation.ofRule(rule))
        try draw(plan.rules[rule].compares ? rule : nil, history, output)
    }

    /// The evidence of a rule that compares, on the screen and in the file that was named.
    private func draw(_ rule: Int?, _ history: RunHistory, _ output: Output) throws(Failure) {
        guard let rule else {
            if picture.svg != nil {
                throw Failure(.failed, "there is no evidence to draw: no rule compares two versions")
            }
            return
        }
        let chart = EvidenceChart.chart(rule, history.state, events: history.events)
        if !options.look.json, !chart.isEmpty, subject != nil {
            output.print([StyledLine()] + chart.lines(columns: TerminalSize.current?.columns ?? 100))
        }
        try picture.write(chart)
    }
}

extension JudgingRule {
    /// Whether its evidence can be drawn.
    fileprivate var compares: Bool {
        switch trip {
        case .ratioAbove, .slowerAbove: true
        case .below, .planned, .meanAbove: false
        }
    }
}
