import Testing
import TminusCore
import TminusSimulation

@Suite struct SimulationTests {
    @Test func small() {
        var faults = FaultCounts()
        for seed in 1...300 as ClosedRange<UInt64> {
            let report = Simulation().run(seed: seed)
            faults.add(report.faults)
            if let violation = report.violation {
                let traced = Simulation(isTraced: true).run(seed: seed)
                Issue.record("seed \(seed): \(violation.invariant): \(violation.sentence)\n\(traced.trace.suffix(60).joined(separator: "\n"))")
                return
            }
        }
    }
}
