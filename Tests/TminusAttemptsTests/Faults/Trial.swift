import Foundation
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// What a step does while its shim is under fire, and what may be told of it.
struct Scene: Sendable {
    let name: String
    let script: String
    /// What the command ends by when it is left alone.
    let end: AttemptEnd
    var timeoutMilliseconds: Int64 = 20_000
    var graceMilliseconds: Int64 = 200
    var secret: String?

    /// Each notes that it began before it does anything, and that it is done as the last thing.
    static let all = [
        Scene(name: "success", script: "echo x >> began; echo out; echo x >> done; exit 0", end: .exited(0)),
        Scene(name: "failure", script: "echo x >> began; echo x >> done; exit 3", end: .exited(3)),
        Scene(
            name: "time limit", script: "trap '' TERM; echo x >> began; echo x >> done; while :; do sleep 1; done",
            end: .timedOut, timeoutMilliseconds: 150, graceMilliseconds: 50),
        Scene(
            name: "secret and daemon",
            script: "echo x >> began; (setsid sleep 30 &); echo correct horse battery; echo x >> done; exit 4",
            end: .exited(4), secret: "correct horse battery"),
    ]

    /// Longer than a second, so that its record is made durable.
    static let durable = Scene(
        name: "durable record", script: "echo x >> began; sleep 1.05; echo x >> done; exit 0", end: .exited(0))
}

/// One attempt whose shim runs below something that injects faults, and all that is then asked of it.
struct Trial {
    /// More than a shim waits for what survives KILL.
    static let patience = Duration.seconds(15)

    let scene: Scene
    /// What stands before the shim on the command line; empty: no faults.
    let injector: [String]
    /// Whether a second shim comes before an engine looks, or after.
    let secondShimFirst: Bool
    let ground: Ground
    let directory: AttemptDirectory
    let place: String

    init(
        _ scene: Scene, injector: [String], secondShimFirst: Bool, in ground: Ground, number: Int,
        attempts: String? = nil
    ) throws {
        self.scene = scene
        self.injector = injector
        self.secondShimFirst = secondShimFirst
        self.ground = ground
        place = "\(ground.path)/work/\(number)"
        let path = "\(attempts ?? ground.path)/runs/shop-1/deploy/\(number)"
        directory = AttemptDirectory(path: path, boot: ground.boot, runIsOfThisBoot: true)
        for made in [place, path] {
            try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
        }
        let spec = ShimSpec(
            boot: ground.boot, timeoutMilliseconds: scene.timeoutMilliseconds,
            graceMilliseconds: scene.graceMilliseconds, masksBytes: masks.count, cgroup: "", workingDirectory: place,
            arguments: ["/bin/sh", "-c", scene.script])
        try Data(spec.bytes ?? []).write(to: URL(filePath: directory.spec))
    }

    private var masks: [UInt8] { SecretMasks(of: scene.secret.map { [Array($0.utf8)] } ?? []).encoded }

    /// Runs it, looks at it, and tells what is wrong; empty when nothing is.
    ///
    /// - Parameter beforeJudging: Called once the shim is gone.
    func play(beforeJudging: () -> Void = {}) throws -> (found: [String], told: String) {
        let began = ContinuousClock.now
        let code = Ground.wait(try spawn(injector))
        let took = ContinuousClock.now - began
        endRemains()
        var found = took > Self.patience ? ["its shim took \(took)"] : []
        beforeJudging()
        if secondShimFirst { found += try second() }
        let first = try? directory.settle()
        found += judge(first, shimCode: code)
        if !secondShimFirst { found += try second() }
        // What was said once stays said.
        if let first, let again = try? directory.settle(), again != first { found.append("\(first) became \(again)") }
        if begun > 1 { found.append("it was started \(begun) times") }
        if !secondShimFirst, case .neverStarted? = first, begun > 0 {
            found.append("it was started, and told as never started")
        }
        let told = first.map { "\($0)".prefix { $0.isLetter } }.map(String.init) ?? "nothing"
        let complaints = found.map { "\(scene.name), \(injector.last ?? "undisturbed"): \($0)" }
        return (complaints, told)
    }

    private var begun: Int { SmallFile.read("\(place)/began", limit: 1 << 10)?.filter { $0 == 0x0A }.count ?? 0 }
    private var isDone: Bool { FileManager.default.fileExists(atPath: "\(place)/done") }

    private func spawn(_ injector: [String]) throws -> pid_t {
        let line = injector + [Ground.shim, directory.path]
        var input: Int32 = -1
        if !masks.isEmpty {
            try Data(masks).write(to: URL(filePath: "\(place)/masks"))
            input = open("\(place)/masks", O_RDONLY | O_CLOEXEC)
        }
        defer { if input >= 0 { close(input) } }
        return try Spawn.session(
            line[0], line.map { Array($0.utf8) }, [Array("PATH=/usr/bin:/bin".utf8)], input: input
        ).get()
    }

    /// A shim that comes late, without faults: it runs only what nobody ran and nobody will.
    private func second() throws -> [String] {
        let before = begun
        let code = Ground.wait(try spawn([]))
        endRemains()
        if code == 0, before > 0 { return ["a second shim ran it again"] }
        return code == 0 || code == 75 || code == 65 ? [] : ["a second shim ended with \(code)"]
    }

    /// A shim that was killed leaves its command: it is given time to end, and then ended.
    private func endRemains() {
        var remains: [pid_t] { Remains.processes(mark: "\0none\0", directory: place) }
        let waits = scene.end != .timedOut && scene.secret == nil
        if waits, Remains.settles({ remains.isEmpty }) { return }
        _ = Remains.settles {
            for pid in remains { Remains.kill(pid, mark: "\0none\0", directory: place) }
            return remains.isEmpty
        }
    }

    private func judge(_ evidence: AttemptDirectory.Evidence?, shimCode: Int32) -> [String] {
        var found: [String] = []
        if let bytes = SmallFile.read(directory.exit, limit: 1 << 20), ExitRecord(bytes) == nil {
            found.append("its record is torn")
        }
        switch evidence {
        case .over(let record):
            switch record.end {
            // On a busy machine its time may be up before it has done anything.
            case .timedOut where scene.end == .timedOut: break
            case scene.end: if !isDone { found.append("it was told as \(record.end) before it was done") }
            case .notStarted: if begun > 0 { found.append("it was started, and told as not started") }
            // Faults may keep a shim from seeing that all is dead; that it says.
            case .killFailed: break
            default: found.append("it was told as \(record.end)")
            }
        case .neverStarted: if shimCode == 0 { found.append("its shim recorded an end that isn't there") }
        case .vanished: if shimCode == 0 { found.append("its shim recorded an end that isn't there") }
        case .alive, .orphaned: found.append("it was told as alive without a shim")
        case nil: found.append("it could not be looked at")
        }
        return found
    }
}
