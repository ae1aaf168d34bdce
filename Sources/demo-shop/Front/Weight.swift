import ArgumentParser

/// Sets the candidate's share of the traffic.
struct Weight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set the candidate's percent of requests, and wait until the front uses it.",
        discussion: "Example: demo-shop weight 25 --file weight --front http://127.0.0.1:8100"
    )

    @Argument(help: "Percent of requests for the candidate, 0 to 100.")
    var weight: Int

    @Option(help: "The front's weight file.")
    var file: String

    @Option(help: "The front's address; without it nothing is waited for.")
    var front: String?

    func validate() throws {
        guard TrafficSplit.weightRange.contains(weight) else {
            throw ValidationError("the weight is \(weight); give a percentage from 0 to 100")
        }
    }

    func run() async throws {
        try SmallFile(path: file).write(String(weight))
        guard let front else { return }
        try await FrontStatusPoll(front: front).wait(untilSaying: "weight \(weight)") { $0.weight == weight }
    }
}
