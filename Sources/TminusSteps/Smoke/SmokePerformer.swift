import TminusModel

/// Probes addresses over HTTP, one after the other; the first probe that is not as expected ends it.
struct SmokePerformer {
    /// For a whole answer when nothing was said.
    static let withinDefault: Duration = .seconds(10)

    var check: SmokeCheck
    var surroundings: PerformanceSurroundings

    func perform() async -> PerformanceOutcome {
        let total = check.urls.count * check.times
        guard total > 0 else { return PerformanceOutcome(.badRequest, "there is nothing to probe; name an address") }
        var done = 0
        var slowest: Duration = .zero
        for url in check.urls {
            for number in 1...check.times {
                if done > 0, !(await pause()) { return PerformanceOutcome(.no, "cancelled after \(done) probes") }
                let (elapsed, problems) = await probe(url)
                done += 1
                slowest = max(slowest, elapsed)
                let name = PrintableURL.text(url)
                let verdict = problems.isEmpty ? "ok" : problems.joined(separator: "; ")
                surroundings.log("probe \(number)/\(check.times) \(name): \(elapsed.releaseText), \(verdict)")
                guard problems.isEmpty else {
                    return PerformanceOutcome(
                        .no, "probe \(number) of \(check.times) of \(name): \(Sentence.list(problems))",
                        outputs: outputs(done, slowest)
                    )
                }
            }
        }
        return PerformanceOutcome(
            .done, "\(done) of \(done) probes as expected, the slowest in \(slowest.releaseText)",
            outputs: outputs(done, slowest)
        )
    }

    private func outputs(_ done: Int, _ slowest: Duration) -> [Variable] {
        [
            Variable(name: "probes", value: String(done)),
            Variable(name: "slowest-milliseconds", value: String(slowest.milliseconds)),
        ]
    }

    private func probe(_ url: String) async -> (elapsed: Duration, problems: [String]) {
        let exchange = HTTPExchange(method: "GET", url: url, headers: check.headers, body: nil)
        let start = ContinuousClock.now
        do throws(HTTPExchange.Failure) {
            let answer = try await exchange.run(within: check.expect.within ?? Self.withinDefault)
            return (answer.elapsed, check.expect.problems(with: answer))
        } catch {
            return (ContinuousClock.now - start, [error.reason])
        }
    }

    /// False when cancelled meanwhile.
    private func pause() async -> Bool {
        do {
            try await Task.sleep(for: check.every)
            return true
        } catch {
            return false
        }
    }
}
