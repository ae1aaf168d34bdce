import ArgumentParser
import TminusSimulation

/// How long the driver alone takes for a step, on plans of several shapes: nothing is started and nothing is stored.
struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure what a step costs the driver alone.",
        discussion: "Example: tminus-simulator measure")

    @Option(help: "One shape only.") var shape: DriverShape?

    func run() throws {
        for shape in shape.map({ [$0] }) ?? DriverShape.allCases {
            var forward = BarePump(shape)
            let forwardTime = time { forward.run() }
            var back = BarePump(shape, isTurned: true)
            let backTime = time { back.run() }
            let foldTime = time { precondition(forward.fold() == "succeeded", "\(shape) did not succeed") }
            func perStep(_ duration: Duration) -> String {
                let (seconds, attoseconds) = duration.components
                let tenths = (seconds * 10_000_000 + attoseconds / 100_000_000_000) / Int64(forward.steps)
                return "\(tenths / 10).\(tenths % 10)"
            }
            print(
                "\(shape): \(perStep(forwardTime)) us a step forward, \(perStep(backTime)) with its rollback, "
                    + "\(perStep(foldTime)) to fold; \(forward.events) events")
        }
    }

    private func time(_ body: () -> Void) -> Duration { ContinuousClock().measure(body) }
}

extension DriverShape: ExpressibleByArgument {}
