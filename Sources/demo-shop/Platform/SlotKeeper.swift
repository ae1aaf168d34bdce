import Foundation

/// Keeps one slot as desired: starts, replaces, restarts and stops its shop. What systemd would do elsewhere.
struct SlotKeeper {
    private static let lookEvery = Duration.milliseconds(50)
    private static let restartAfter = Duration.milliseconds(500)
    private static let stopGrace = Duration.seconds(5)

    let slot: Slot
    let database: String
    /// 0: the first start takes a free port, later ones the same.
    let port: Int
    let seed: UInt64

    private var shop: Shop?
    private var starts: UInt64 = 0
    private var startedAt: ContinuousClock.Instant?

    private struct Shop {
        let version: ShopVersion
        let process: Process
        /// Ends when the keeper does, however it ends; the shop then stops too.
        let leash: Pipe
    }

    init(slot: Slot, database: String, port: Int, seed: UInt64) {
        self.slot = slot
        self.database = database
        self.port = port
        self.seed = seed
    }

    /// Works until asked to stop, then stops the shop.
    mutating func keep() async throws {
        try slot.makeFolder()
        slot.running.remove()
        if port == 0 { slot.port.remove() } else { try slot.port.write(String(port)) }
        while !StopRequest.isRequested {
            if let wish = slot.desired.read().flatMap(Slot.Wish.init) { try await reconcile(with: wish) }
            try await Task.sleep(for: Self.lookEvery)
        }
        await stopShop()
        try slot.running.write(Slot.Wish.nothing.text)
    }

    private mutating func reconcile(with wish: Slot.Wish) async throws {
        if let shop, !shop.process.isRunning { self.shop = nil }
        switch wish {
        case .nothing:
            await stopShop()
            if slot.running.read() != wish.text { try slot.running.write(wish.text) }
        case .version(let version):
            if let shop, shop.version == version { return }
            if let startedAt, shop == nil, startedAt.duration(to: .now) < Self.restartAfter { return }
            await stopShop()
            try start(version)
            try slot.running.write(wish.text)
        }
    }

    private mutating func start(_ version: ShopVersion) throws {
        guard let executable = Bundle.main.executableURL else {
            throw Refusal("this program does not know its own path; start it by a full path")
        }
        let process = Process()  // tidy: allowed, because servers are waited for here, never steps with grandchildren
        let leash = Pipe()
        process.executableURL = executable
        process.arguments = [
            "serve", "--version", version.rawValue, "--database", database,
            "--port", slot.port.read() ?? "0", "--port-file", slot.port.path,
            "--seed", String(SeededDraws(seed: seed).word(at: starts, for: slot.name == .baseline ? 1 : 2)),
            "--until-input-ends",
        ]
        process.standardInput = leash
        let log = try Self.appending(to: slot.logPath)
        process.standardOutput = log
        process.standardError = log
        try process.run()
        starts += 1
        startedAt = .now
        shop = Shop(version: version, process: process, leash: leash)
    }

    private mutating func stopShop() async {
        guard let shop else { return }
        self.shop = nil
        shop.process.terminate()
        let deadline = ContinuousClock.now + Self.stopGrace
        while shop.process.isRunning, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
        if shop.process.isRunning { kill(shop.process.processIdentifier, SIGKILL) }
    }

    private static func appending(to path: String) throws -> FileHandle {
        let exists = FileManager.default.fileExists(atPath: path)
        guard exists || FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw Refusal("cannot write \(path); is its directory writable?")
        }
        try file.seekToEnd()
        return file
    }
}
