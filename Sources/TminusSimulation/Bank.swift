/// The bank of planted flaws: how soon each is found, and by which check.
package struct Bank: Sendable {
    package struct Finding: Sendable {
        package var flaw: Flaw
        /// The first seed in which the check that it is meant to fail was the first to fail; nil when there was none.
        package var found: (seed: UInt64, violation: Violation)?
        package var tried: UInt64
    }

    /// Seeds to try for each flaw, from 1.
    package var seeds: UInt64

    package init(seeds: UInt64) { self.seeds = seeds }

    package func search(_ flaw: Flaw) -> Finding {
        let simulation = Simulation(flaw: flaw)
        var seed: UInt64 = 0
        while seed < seeds {
            seed += 1
            if let violation = simulation.run(seed: seed).violation, violation.invariant == flaw.check {
                return Finding(flaw: flaw, found: (seed, violation), tried: seed)
            }
        }
        return Finding(flaw: flaw, found: nil, tried: seed)
    }
}

extension Bank.Finding {
    package static let heading = "| Flaw | Story | Found at seed | By | Seeds tried |\n| --- | --- | --- | --- | --- |"

    /// One row of the table, in Markdown.
    package var row: String {
        let place = found.map { "\($0.seed)" } ?? "not found"
        return "| `\(flaw.rawValue)` | \(flaw.story) | \(place) | \(flaw.check) | \(tried) |"
    }
}
