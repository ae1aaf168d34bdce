import ArgumentParser

/// The demo's platform.
struct Keeper: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep two slots of shops running as their files say; no release step outlives itself this way.",
        discussion: """
            Example: demo-shop keeper --directory . --database shop.db --baseline-port 8101 --candidate-port 8102
            The wishes are in slots/baseline/desired and slots/candidate/desired; demo-shop deploy writes them.
            """
    )

    @Option(help: "The folder that holds the slots.")
    var directory: String

    @Option(help: "The SQLite file both shops use.")
    var database: String

    @Option(help: "Port of the baseline slot; 0 takes a free one and keeps it.")
    var baselinePort: Int = 0

    @Option(help: "Port of the candidate slot; 0 takes a free one and keeps it.")
    var candidatePort: Int = 0

    @Option(help: "Which checkouts fail follows from this number.")
    var seed: UInt64 = 1

    func run() async throws {
        StopRequest.watchSignals()
        try await withThrowingDiscardingTaskGroup { group in
            for (name, port) in [(Slot.Name.baseline, baselinePort), (.candidate, candidatePort)] {
                group.addTask {
                    var keeper = SlotKeeper(
                        slot: Slot(name, in: directory),
                        database: database,
                        port: port,
                        seed: seed
                    )
                    try await keeper.keep()
                }
            }
        }
    }
}
