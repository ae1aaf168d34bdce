import ArgumentParser

/// Puts a version into a slot.
struct Deploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a version of the shop into a slot, and wait until it answers there.",
        discussion: "Example: demo-shop deploy --slot candidate --version v1.1.0 --directory ."
    )

    @Option(help: "baseline or candidate.")
    var slot: Slot.Name

    @Option(help: "The version, or none to empty the slot.")
    var version: String

    @Option(help: "The folder that holds the slots; a keeper must be running there.")
    var directory: String

    @Option(help: "How long to wait for it.")
    var timeoutSeconds: Int = 20

    func validate() throws {
        if Slot.Wish(version) == nil {
            let known = ShopVersion.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no version \"\(version)\"; give one of \(known), or none")
        }
        guard (1...3600).contains(timeoutSeconds) else {
            throw ValidationError("the timeout is \(timeoutSeconds) s; give 1 to 3600")
        }
    }

    private struct Health: Decodable, Sendable {
        let status: String
        let version: String
    }

    func run() async throws {
        let slot = Slot(slot, in: directory)
        try slot.desired.write(version)
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        var seen = "nothing answered"
        repeat {
            if slot.running.read() == version {
                if version == "none" { return }
                if let health = await health(of: slot) {
                    if health.version == version, health.status == "ok" { return }
                    seen = "\(health.version) answered \(health.status)"
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw Refusal(
            "\(version) did not come up in the \(slot.name.rawValue) slot within \(timeoutSeconds) s (\(seen)); "
                + "see \(slot.logPath), and check that a keeper runs for \(directory)"
        )
    }

    private func health(of slot: Slot) async -> Health? {
        guard let port = slot.port.read().flatMap(Int.init) else { return nil }
        return try? await JSONProbe(url: "http://127.0.0.1:\(port)/health").read(Health.self)
    }
}
