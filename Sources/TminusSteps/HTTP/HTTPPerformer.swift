import Foundation
import TminusModel

/// Sends one request that has an effect.
///
/// Nothing is ever sent twice. When the request left and no answer came, nobody here can know whether it took effect:
/// that is `unknown`, never a failure.
struct HTTPPerformer {
    var call: HTTPCall
    var surroundings: PerformanceSurroundings

    func perform() async -> PerformanceOutcome {
        guard let key = surroundings.environment["TMINUS_IDEMPOTENCY_KEY"], !key.isEmpty else {
            return PerformanceOutcome(.badRequest, "TMINUS_IDEMPOTENCY_KEY is not set; run this through `tminus run`")
        }
        let others = call.headers.filter { $0.name.lowercased() != "idempotency-key" }
        let exchange = HTTPExchange(
            method: call.method, url: call.url,
            headers: others + [Variable(name: "Idempotency-Key", value: key)], body: call.body
        )
        let name = "\(call.method) \(PrintableURL.text(call.url))"
        do throws(HTTPExchange.Failure) {
            let answer = try await exchange.run(within: call.within)
            surroundings.log("\(name): \(answer.status) in \(answer.elapsed.releaseText)")
            return outcome(answer, name: name)
        } catch {
            surroundings.log("\(name): \(error.reason)")
            return outcome(error, name: name)
        }
    }

    private func outcome(_ answer: HTTPExchange.Answer, name: String) -> PerformanceOutcome {
        let outputs = [
            Variable(name: "status", value: String(answer.status)),
            Variable(name: "milliseconds", value: String(answer.elapsed.milliseconds)),
        ]
        let problems = call.expect.problems(with: answer)
        guard problems.isEmpty else {
            return PerformanceOutcome(.no, "\(name): \(Sentence.list(problems))", outputs: outputs)
        }
        return PerformanceOutcome(
            .done, "\(name) answered \(answer.status) in \(answer.elapsed.releaseText)", outputs: outputs
        )
    }

    private func outcome(_ failure: HTTPExchange.Failure, name: String) -> PerformanceOutcome {
        if failure.isTooLarge { return PerformanceOutcome(.no, "\(name): \(failure.reason)") }
        if failure.wasSent {
            return PerformanceOutcome(
                .unknown, "unknown: the request was sent but no answer came (\(name): \(failure.reason))"
            )
        }
        return PerformanceOutcome(.no, "\(name): nothing was sent: \(failure.reason)")
    }
}

/// A URL without what may be secret in it: the user part and the query.
enum PrintableURL {
    static func text(_ url: String) -> String {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = bare.range(of: "://") else { return Sentence.cut(String(bare), limit: 160) }
        let rest = bare[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return Sentence.cut("\(bare[..<scheme.upperBound])\(host)\(rest.dropFirst(authority.count))", limit: 160)
    }
}
