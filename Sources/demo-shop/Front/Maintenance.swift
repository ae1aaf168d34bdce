import ArgumentParser

/// Whether the front lets customers in.
enum MaintenanceState: String, CaseIterable, Sendable, ExpressibleByArgument {
    case open
    case closed
}

/// Closes the shop for maintenance, or opens it again.
struct Maintenance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Close the shop for maintenance or open it again, and wait until the front does so.",
        discussion: "Example: demo-shop maintenance closed --file maintenance --front http://127.0.0.1:8100"
    )

    @Argument(help: "open or closed.")
    var state: MaintenanceState

    @Option(help: "The front's maintenance file.")
    var file: String

    @Option(help: "The front's address; without it nothing is waited for.")
    var front: String?

    func run() async throws {
        try SmallFile(path: file).write(state.rawValue)
        guard let front else { return }
        try await FrontStatusPoll(front: front)
            .wait(untilSaying: "maintenance \(state.rawValue)") { $0.maintenance == state.rawValue }
    }
}
