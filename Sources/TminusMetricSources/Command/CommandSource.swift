import TminusModel
import TminusPorts

/// Runs a program that prints `{"good": n, "total": n}`: once for each slice.
struct CommandSource: Sendable {
    /// Slices of one question, enough for 30 days of minutes: each is a start of the program, once.
    static let slicesMax = 50_000
    static let programsAtOnce = 2

    let command: Command
    /// Of the engine: `PATH`, `HOME`, `LANG`.
    let environment: [Variable]
    var memory = SliceMemory()

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        switch question.indicator.counting {
        case .asked, .document: break
        case .counters, .failures, .latency, .promQL, .sql, .requestLogs, .journey:
            throw MetricError(
                .refused,
                "\(question.indicator.name) is not counted in a way that a command can answer; "
                    + "name asked: true")
        }
        let place = ([question.folder] + command.argv).joined(separator: "\0")
        return try await question.sliced(
            limit: Self.slicesMax, atOnce: Self.programsAtOnce, memory: memory, name: .init(place, question)
        ) {
            (from, to) throws(MetricError) in
            try await ask(question, from, to)
        }
    }

    private func ask(_ question: CountQuestion, _ from: Instant, _ to: Instant) async throws(MetricError) -> ArmReading
    {
        guard question.folder.hasPrefix("/") else {
            throw MetricError(.refused, "the command is in a tagged commit: only a run of it has it at hand")
        }
        var places = (good: "/good", total: "/total")
        if case .document(let good, let total) = question.indicator.counting { places = (good, total) }
        let run = CommandRun(
            argv: command.argv, folder: question.folder,
            environment: environment + [
                Variable(name: "TMINUS_FROM", value: from.epochText), Variable(name: "TMINUS_TO", value: to.epochText),
                Variable(name: "TMINUS_ARM", value: question.arm),
                Variable(name: "TMINUS_INDICATOR", value: question.indicator.name),
                Variable(name: "TMINUS_SERVICE", value: question.service),
            ], timeout: question.timeout)
        let name = command.isShell ? "the command" : (command.argv.first ?? "the command")
        do throws(MetricError) {
            return try CountDocument.reading(
                try await run.output(), good: places.good, total: places.total, of: question.indicator.name)
        } catch {
            throw MetricError(error.code, "\(name): \(error.description)")
        }
    }
}
