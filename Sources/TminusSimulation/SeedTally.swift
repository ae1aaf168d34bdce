/// What many seeds came to.
package struct SeedTally: Sendable {
    package private(set) var seeds = 0
    package private(set) var faultless = 0
    package private(set) var faults = FaultCounts()
    package private(set) var simulated: Int64 = 0
    package private(set) var happenings = 0
    package private(set) var events = 0
    package private(set) var attempts = 0
    /// The same for the same seeds, in whatever order and parts they are added.
    package private(set) var digest: UInt64 = 0
    private var outcomes: [(word: String, count: Int)] = []

    package init() {}

    package mutating func add(_ report: Simulation.Report) {
        seeds += 1
        if report.knobs.isFaultless { faultless += 1 }
        faults.add(report.faults)
        simulated += report.simulated
        happenings += report.happenings
        events += report.events
        attempts += report.attempts
        digest = digest &+ (report.digest ^ (report.digest >> 29)) &* 0xBF58_476D_1CE4_E5B9
        for word in report.outcomes { add(word, 1) }
    }

    /// Adds what another part of the seeds came to.
    package mutating func add(_ other: SeedTally) {
        seeds += other.seeds
        faultless += other.faultless
        faults.add(other.faults)
        simulated += other.simulated
        happenings += other.happenings
        events += other.events
        attempts += other.attempts
        digest = digest &+ other.digest
        for (word, count) in other.outcomes { add(word, count) }
    }

    private mutating func add(_ word: String, _ count: Int) {
        if let place = outcomes.firstIndex(where: { $0.word == word }) {
            outcomes[place].count += count
        } else {
            outcomes.append((word, count))
            outcomes.sort { $0.word < $1.word }
        }
    }

    /// The summary with how fast it went.
    package func text(elapsed: Duration) -> String {
        let (seconds, attoseconds) = elapsed.components
        let milliseconds = max(seconds * 1_000 + attoseconds / 1_000_000_000_000_000, 1)
        return "\(text)\nin \(milliseconds) ms: \(Int64(seeds) * 1_000 / milliseconds) seeds/s"
    }

    /// The summary printed at the end: what was run, how it ended, and the faults injected by kind.
    package var text: String {
        let lines = [
            "\(seeds) seeds (\(faultless) without faults): \(events) events, \(attempts) attempts, "
                + "\(simulated / 3_600_000) hours simulated",
            "runs: " + outcomes.map { "\($0.count) \($0.word)" }.joined(separator: ", "),
            "faults: " + FaultCounts.Kind.allCases.map { "\(faults[$0]) \($0.rawValue)" }.joined(separator: ", "),
            "digest \(String(digest, radix: 16))",
        ]
        return lines.joined(separator: "\n")
    }
}

extension Simulation.Report {
    /// The seed, the world it drew, the last lines of its trace and what was broken.
    package func story(tail: Int) -> String {
        var lines = ["seed \(seed)", "\(knobs)"]
        lines.append(contentsOf: trace.suffix(tail))
        if let violation { lines.append("seed \(seed) breaks \(violation.invariant): \(violation.sentence)") }
        return lines.joined(separator: "\n")
    }
}
