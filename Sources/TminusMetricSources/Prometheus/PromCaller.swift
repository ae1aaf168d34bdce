import TminusModel
import TminusPorts

/// Sends queries to one Prometheus server.
struct PromCaller: Sendable {
    var base: String
    var address: Address
    var authorization: (header: String, secret: String)?
    var timeout: Duration

    func instant(_ query: String, at: Instant, isSum: Bool) async throws(MetricError) -> PromAnswer {
        let answer = try await ask("query", ["query": query, "time": at.epochText, "timeout": timeout.secondsText])
        do throws(MetricError) {
            return try PromAnswer(instant: answer.body, status: answer.status, at: at, isSum: isSum)
        } catch { throw placed(error) }
    }

    func range(
        _ query: String, from: Instant, step: Duration, count: Int, isSum: Bool
    ) async throws(MetricError) -> PromAnswer {
        let end = from.advanced(by: .milliseconds(step.milliseconds * Int64(count - 1)))
        let answer = try await ask(
            "query_range",
            [
                "query": query, "start": from.epochText, "end": end.epochText, "step": step.secondsText,
                "timeout": timeout.secondsText,
            ])
        do throws(MetricError) {
            return try PromAnswer(
                range: answer.body, status: answer.status, from: from, step: step, count: count, isSum: isSum)
        } catch { throw placed(error) }
    }

    func bounds(_ query: String, at: Instant) async throws(MetricError) -> [String] {
        let answer = try await ask("query", ["query": query, "time": at.epochText, "timeout": timeout.secondsText])
        do throws(MetricError) { return try PromAnswer.bounds(answer.body, status: answer.status) } catch {
            throw placed(error)
        }
    }

    /// One value for each `le`.
    func buckets(_ query: String, at: Instant) async throws(MetricError) -> [(bound: Double, count: Double)] {
        let answer = try await ask("query", ["query": query, "time": at.epochText, "timeout": timeout.secondsText])
        do throws(MetricError) { return try PromAnswer.buckets(answer.body, status: answer.status, at: at) } catch {
            throw placed(error)
        }
    }

    private func ask(_ path: String, _ form: KeyValuePairs<String, String>) async throws(MetricError) -> WebAnswer {
        let request = WebRequest(
            url: "\(base)/api/v1/\(path)", form: FormText.encoded(form), accept: "application/json",
            authorization: authorization?.header)
        do throws(MetricError) { return try await Web.ask(request, at: address, timeout: timeout) } catch {
            throw MetricError(error.code, error.description.hiding(authorization?.secret))
        }
    }

    private func placed(_ error: MetricError) -> MetricError {
        MetricError(error.code, "\(address.shown): \(error.description.hiding(authorization?.secret))")
    }
}
