import Foundation
import Testing

/// The promise, on the built binary: kill the engine anywhere, any number of times.
@Suite(.serialized)
struct KillLoopTests {
    /// Or as many as `TMINUS_KILLS` says.
    static let killsWanted = ProcessInfo.processInfo.environment["TMINUS_KILLS"].flatMap { Int($0) } ?? 200
    static let killsInARun = 2
    /// Where they fall; `TMINUS_KILLS_SEED` draws others.
    static let seed = ProcessInfo.processInfo.environment["TMINUS_KILLS_SEED"].flatMap { UInt64($0) } ?? 20_261_120

    /// Even rounds succeed, odd ones fail at the last step and roll back.
    @Test(.timeLimit(.minutes(15)))
    func twoHundredKillsOfTheEngineChangeNothing() async throws {
        let references = [try await Round.play(0, kills: [], length: 0), try await Round.play(1, kills: [], length: 0)]
        // How long a run takes depends on what else the machine does, so the draws follow it.
        var lengths = references.map(\.length)
        #expect(references[0].outcome == "succeeded")
        #expect(references[1].outcome == "rolledBack")

        var tally = KillTally()
        var generator = SeededDraws(seed: Self.seed)
        let rounds = Self.killsWanted / Self.killsInARun
        var next = 0
        while tally.kills < Self.killsWanted, next < 2 * rounds {
            // Two at a time: one round mostly waits.
            let pair = [next, next + 1].map { number in
                (number, (0..<Self.killsInARun).map { _ in generator.next() }.sorted())
            }
            next += 2
            let played = try await withThrowingTaskGroup(of: (Int, Round).self) { group in
                for (number, kills) in pair {
                    let length = lengths[number % 2]
                    group.addTask { (number, try await Round.play(number, kills: kills, length: length)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, round) in played {
                tally.add(round)
                lengths[number % 2] = round.length
                let reference = references[number % 2]
                tally.judge(round, against: reference)
                #expect(round.outcome == reference.outcome, "round \(number)")
                #expect(round.states == reference.states, "round \(number)")
                #expect(round.startedTwice.isEmpty, "round \(number) started \(round.startedTwice) twice")
                #expect(round.starts == reference.starts, "round \(number)")
                #expect(round.lostResults.isEmpty, "round \(number) lost \(round.lostResults)")
            }
        }
        print(tally)
        tally.write()
        #expect(tally.kills >= Self.killsWanted)
        #expect(tally.phases["between claim and exit", default: 0] >= 20)
    }
}

/// How many kills fell where.
struct KillTally: CustomStringConvertible {
    private(set) var phases: [String: Int] = [:]
    private(set) var rounds = 0
    private(set) var violations = 0

    var kills: Int { phases.values.reduce(0, +) }

    mutating func add(_ round: Round) {
        for kill in round.kills { phases[kill.phase, default: 0] += 1 }
    }

    mutating func judge(_ round: Round, against reference: Round) {
        rounds += 1
        let isRight =
            round.outcome == reference.outcome && round.states == reference.states && round.starts == reference.starts
            && round.startedTwice.isEmpty && round.lostResults.isEmpty
        if !isRight { violations += 1 }
    }

    /// For `scripts/torture`: a line of JSON, appended to the file `TMINUS_TALLY` names.
    func write() {
        guard let path = ProcessInfo.processInfo.environment["TMINUS_TALLY"],
            let file = FileHandle(forUpdatingAtPath: path)
        else { return }
        let broken = (0..<violations).map { _ in "\"a round differs from the undisturbed one\"" }
        let line = """
            {"what":"engine killed","detail":"kill loop","faults":\(kills),"runs":\(rounds),\
            "violations":[\(broken.joined(separator: ","))]}

            """
        file.seekToEndOfFile()
        file.write(Data(line.utf8))
        file.closeFile()
    }

    var description: String {
        let rows = phases.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }
        return "engine kills: \(kills)\n" + rows.joined(separator: "\n")
    }
}

/// One run under fire, and what was left of it.
struct Round: Sendable {
    var outcome = ""
    /// Step states by name, as the report has them.
    var states: [String: String] = [:]
    /// `step role` as the steps themselves wrote it, sorted.
    var starts: [String] = []
    var startedTwice: [String] = []
    /// Attempts with an exit record that the journal does not know, or knows twice.
    var lostResults: [String] = []
    /// Those that fell before the run's end.
    var kills: [(at: Date, phase: String)] = []
    /// From the order to the end, without the time in which no engine lived.
    var length: TimeInterval = 0

    /// Plays one run, killing the engine at `kills` (in 0..<1, of `length`), counted while an engine lives.
    static func play(_ number: Int, kills: [Double], length: TimeInterval) async throws -> Round {
        let tminus = try Tminus()
        let fixtures = Tminus.root.appendingPathComponent("Tests/EndToEndTests/Fixtures")
        for (name, isProgram) in [("kill-loop.yaml", false), ("mark", true)] {
            let text = try String(contentsOf: fixtures.appendingPathComponent(name), encoding: .utf8)
            try tminus.write(name, text, executable: isProgram)
        }
        var round = Round()
        // The engine is there before the clock starts: its start-up is not the run's wall time.
        _ = try await tminus.run("status")
        let began = Date()
        let submitted = try await tminus.run(
            "run", "kill-loop.yaml", "--input", "last=\(number % 2)", "--detach", "--json")
        guard let run = (submitted.json as? [String: Any])?["run"] as? String else {
            throw RoundProblem("round \(number) was not taken: \(submitted.errors)")
        }
        var absence: TimeInterval = 0
        for kill in kills {
            await Moment.reach(began.addingTimeInterval(kill * length + absence))
            let moment = Date()
            if tminus.killEngine() { round.kills.append((moment, phase(of: run, in: tminus))) }
            _ = try await tminus.run("status", run)
            absence += Date().timeIntervalSince(moment)
        }
        let watched = try await tminus.run("watch", run)
        round.length = Date().timeIntervalSince(began) - absence
        try await round.read(run, tminus, "watch: \(watched.errors)")
        return round
    }

    private mutating func read(_ run: String, _ tminus: Tminus, _ remark: String) async throws {
        let exported = try await tminus.run("run", "export", run).jsonLines
        guard let last = exported.last, last["type"] as? String == "runEnded" else {
            throw RoundProblem("\(run) did not end; \(remark); \(tminus.read("data/engine.log").suffix(2_000))")
        }
        outcome = last["outcome"] as? String ?? ""
        let end = Date(timeIntervalSince1970: (last["atMilliseconds"] as? Double ?? 0) / 1_000)
        kills.removeAll { $0.at > end }
        for event in exported {
            guard let type = event["type"] as? String, type.hasPrefix("step"), let step = event["step"] as? String
            else { continue }
            states[step, default: ""] += " \(type)"
        }
        let marks = tminus.read("marks").split(separator: "\n").map(String.init)
        starts = marks.filter { $0.hasPrefix("start") }
            .map { $0.split(separator: " ")[1...2].joined(separator: " ") }.sorted()
        startedTwice = zip(starts, starts.dropFirst()).filter { $0 == $1 }.map(\.0)
        let ended = exported.filter { $0["type"] as? String == "attemptEnded" && Self.hasResult($0) }
            .map { "\($0["step"] ?? "") \($0["role"] ?? "") \($0["number"] ?? "")" }
        for directory in Self.attempts(of: run, in: tminus) where directory.has("exit") {
            if ended.filter({ $0 == directory.identity }).count != 1 { lostResults.append(directory.identity) }
        }
    }

    private static func hasResult(_ event: [String: Any]) -> Bool {
        let end = (event["result"] as? [String: Any])?["end"] as? [String: Any]
        return end?["type"] as? String != "tombstoned"
    }

    /// Where a kill fell, by what lies on the disk right after it.
    private static func phase(of run: String, in tminus: Tminus) -> String {
        let attempts = attempts(of: run, in: tminus)
        if attempts.contains(where: { $0.has("claim") && !$0.has("exit") }) { return "between claim and exit" }
        if attempts.contains(where: { !$0.has("claim") }) { return "between intent and claim" }
        return attempts.isEmpty ? "before the first attempt" : "with no attempt under way"
    }

    private static func attempts(of run: String, in tminus: Tminus) -> [AttemptFolder] {
        let root = tminus.data.appendingPathComponent("runs/\(run)")
        let steps = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return steps.filter { $0 != "files" && !$0.hasPrefix(".") }.flatMap { step -> [AttemptFolder] in
            let folder = root.appendingPathComponent(step)
            let attempts = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return attempts.map { AttemptFolder(step: step, name: $0, url: folder.appendingPathComponent($0)) }
        }
    }
}

/// `runs/<run>/<step>/<attempt>`.
struct AttemptFolder {
    let step: String
    let name: String
    let url: URL

    /// `step role number`, as events have it.
    var identity: String {
        let parts = name.split(separator: "-")
        return parts.count == 2 ? "\(step) \(parts[0]) \(parts[1])" : "\(step) forward \(name)"
    }

    func has(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appendingPathComponent(file).path)
    }
}

struct RoundProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// SplitMix64: the same draws for the same seed on every machine.
struct SeededDraws {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Uniform in 0..<1.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}

/// A moment on the wall clock: the draw is the test, so a timer is what it needs.
enum Moment {
    static func reach(_ date: Date) async {
        let wait = date.timeIntervalSinceNow
        guard wait > 0 else { return }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + wait) { continuation.resume() }
        }
    }
}
