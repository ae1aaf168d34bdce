import Synchronization
import TminusModel
import TminusPorts

/// An origin that answers as a test says, and remembers what it was asked.
final class ScriptedCounts: CountSource {
    typealias Answer = @Sendable (CountQuestion) -> Result<[ArmReading], MetricError>

    private struct Script {
        var answer: Answer = { _ in .failure(MetricError(.unreachable, "nobody answers")) }
        var observed: Result<Duration?, MetricError> = .success(nil)
        var asked: [CountQuestion] = []
    }

    private let script = Mutex(Script())

    func answer(observed: Result<Duration?, MetricError> = .success(nil), _ answer: @escaping Answer) {
        script.withLock { script in
            script.answer = answer
            script.observed = observed
        }
    }

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        let answer = script.withLock { script in
            script.asked.append(question)
            return script.answer
        }
        return try answer(question).get()
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? {
        try script.withLock { $0.observed }.get()
    }

    var asked: [CountQuestion] { script.withLock { $0.asked } }
}
