import ArgumentParser

/// Tells what the front does with customers now.
struct FrontState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say which weight and which maintenance state the front has in force.",
        discussion: "Example: demo-shop status --front http://127.0.0.1:8100"
    )

    @Option(help: "The front's address.")
    var front: String

    func run() async throws {
        let status: FrontStatusPoll.Status
        do {
            status = try await JSONProbe(url: front + "/front/status").read(FrontStatusPoll.Status.self)
        } catch {
            throw Refusal("no front answers at \(front): \(error); is it running there?")
        }
        print("weight \(status.weight), maintenance \(status.maintenance)")
    }
}
