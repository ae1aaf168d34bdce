/// Runs one world to its end. The same seed, options and commit give the same bytes.
package struct Simulation: Sendable {
    package enum Faults: String, Sendable, CaseIterable { case none, all }

    package struct Report: Sendable {
        package var seed: UInt64
        package var knobs: Knobs
        package var violation: Violation?
        package var faults = FaultCounts()
        /// How far the world's own clock got, in milliseconds.
        package var simulated: Int64 = 0
        package var happenings = 0
        package var events = 0
        package var attempts = 0
        /// How the runs ended, in order.
        package var outcomes: [String] = []
        /// Changes with anything that happens differently.
        package var digest: UInt64 = 0
        /// The last lines of what happened; empty unless asked for.
        package var trace: [String] = []
    }

    package var faults: Faults
    package var flaw: Flaw?
    package var isTraced: Bool

    package init(faults: Faults = .all, flaw: Flaw? = nil, isTraced: Bool = false) {
        self.faults = faults
        self.flaw = flaw
        self.isTraced = isTraced
    }

    package func run(seed: UInt64) -> Report {
        var world = World(seed: seed, simulation: self)
        world.play()
        return world.report
    }
}
