import ServiceLifecycle
import TminusServer
import TminusTriggers

/// Polling as a part of the engine's process, once the engine takes runs.
struct TagPolling: Service {
    private let poller: TagPoller
    private let gate: Gate

    init(_ poller: TagPoller, gate: Gate) {
        self.poller = poller
        self.gate = gate
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Cancelled before the engine has started, there is nothing to poll for.
            guard (try? await gate.pass()) != nil else { return }
            await poller.run()
        }
    }
}
