import Synchronization

/// What the front was told through its two files. A missing file means weight 0 and open; text that makes no sense
/// changes nothing.
final class FrontSettings: Sendable {
    enum Destination: Equatable, Sendable {
        case maintenance
        case upstream(TrafficSplit.Side)
    }

    struct Status: Equatable, Sendable, Encodable {
        let weight: Int
        /// `open` or `closed`.
        let maintenance: String
    }

    /// How stale the files' contents may be when a request arrives.
    private static let readEvery = Duration.milliseconds(50)

    private struct State {
        var split = TrafficSplit()
        var isClosed = false
        var readAt: ContinuousClock.Instant?
    }

    private let weightFile: SmallFile
    private let maintenanceFile: SmallFile
    private let state = Mutex(State())

    init(weightFile: SmallFile, maintenanceFile: SmallFile) {
        self.weightFile = weightFile
        self.maintenanceFile = maintenanceFile
    }

    /// Where a request that arrives now goes.
    func nextDestination() -> Destination {
        state.withLock { state in
            let now = ContinuousClock.now
            if state.readAt.map({ $0.duration(to: now) >= Self.readEvery }) ?? true { reread(&state, at: now) }
            return state.isClosed ? .maintenance : .upstream(state.split.next())
        }
    }

    /// What is in force, read from the files now.
    func status() -> Status {
        state.withLock { state in
            reread(&state, at: .now)
            return Status(weight: state.split.weight, maintenance: state.isClosed ? "closed" : "open")
        }
    }

    private func reread(_ state: inout State, at now: ContinuousClock.Instant) {
        state.readAt = now
        let weight = weightFile.read() ?? "0"
        if let weight = Int(weight) { _ = state.split.setWeight(weight) }
        switch MaintenanceState(rawValue: maintenanceFile.read() ?? "open") {
        case .open: state.isClosed = false
        case .closed: state.isClosed = true
        case nil: break
        }
    }
}
