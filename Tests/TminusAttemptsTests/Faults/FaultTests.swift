import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// A shim whose system calls fail, or that is killed at one of them: nothing is started twice, no record is torn, and
/// what is told is true or "unknown". A share of all points; all of them when `TMINUS_FAULT_STRIDE` is 1.
@Suite(.timeLimit(.minutes(180))) struct FaultTests {
    @Test(arguments: Scene.all)
    func aShimKilledAtAnySystemCallLosesNothingAndStartsNothingTwice(scene: Scene) async throws {
        let told = try await attack("shim killed", scene, stride: 3) { point in [Tracer.killing(at: point)] }
        // The faults do fall: without them no shim would vanish.
        #expect(told.contains("vanished"))
    }

    @Test(arguments: Scene.all)
    func aShimWhoseSystemCallsFailTellsNothingFalse(scene: Scene) async throws {
        try await attack("system calls failing", scene, stride: 5) { point in
            Tracer.errors(of: point.call).flatMap { error in
                [Tracer.failing(error, at: point, stays: false)]
                    + (Tracer.mayStay(point.call, in: scene) && error != "EINTR"
                        ? [Tracer.failing(error, at: point, stays: true)] : [])
            }
        }
    }

    @Test func aWaitThatIsInterruptedIsNoEnd() async throws {
        var tally = Tally("system calls failing", "interrupted waits")
        defer { tally.write() }
        if let reason = Tracer.impossible {
            tally.skipped = reason
            try Test.cancel("\(reason): nothing was injected")
        }
        let ground = try Ground()
        for number in 1...3 {
            let point = Tracer.Point(call: "wait4", number: number)
            let injector = Tracer.failing("EINTR", at: point, stays: false)
            tally.runs += 1
            tally.faults += 1
            let trial = try Trial(Scene.all[1], injector: injector, secondShimFirst: false, in: ground, number: number)
            tally.violations += try trial.play().found
        }
        #expect(tally.violations == [])
    }

    @Test func aRecordThatCannotBeMadeDurableIsWholeOrAbsent() async throws {
        let wanted = ["fsync", "fdatasync", "rename", "openat", "write"]
        try await attack("durable record", Scene.durable, stride: 4) { point in
            guard wanted.contains(point.call) else { return [] }
            return [Tracer.killing(at: point)]
                + Tracer.errors(of: point.call).filter { $0 != "EINTR" }.map {
                    Tracer.failing($0, at: point, stays: true)
                }
        }
    }

    /// A limit on the size of files makes real short writes, at every length of a record.
    @Test func aRecordCutShortAnywhereIsNoRecord() async throws {
        let prlimit = "/usr/bin/prlimit"
        try #require(FileManager.default.isExecutableFile(atPath: prlimit))
        var tally = Tally("short writes", "file size limited")
        defer { tally.write() }
        let ground = try Ground()
        await Cages.enter()
        defer { Cages.leave() }
        // The command keeps its own limit; what it writes itself is two bytes.
        for size in stride(from: 2, to: 400, by: Tally.count("TMINUS_FAULT_STRIDE", otherwise: 29)) {
            let trial = try Trial(
                Scene.all[0], injector: [prlimit, "--fsize=\(size)"], secondShimFirst: size % 2 == 0, in: ground,
                number: size)
            tally.runs += 1
            tally.faults += 1
            tally.violations += try trial.play().found
        }
        #expect(tally.violations == [])
    }

    // MARK: The attack

    /// Plays the scene once for every injection at every `stride`th point.
    @discardableResult private func attack(
        _ what: String, _ scene: Scene, stride otherwise: Int, injections: (Tracer.Point) -> [[String]]
    ) async throws -> Set<String> {
        var tally = Tally(what, scene.name)
        defer { tally.write() }
        if let reason = Tracer.impossible {
            tally.skipped = reason
            try Test.cancel("\(reason): nothing was injected")
        }
        await Cages.enter()
        defer { Cages.leave() }
        let ground = try Ground()
        let all = try Tracer.points(scene, in: ground).flatMap(injections)
        // Not always the same ones: which, depends on the scene.
        let step = Tally.count("TMINUS_FAULT_STRIDE", otherwise: otherwise)
        // The sweep of the process tree repeats itself hundreds of times.
        let most = Tally.count("TMINUS_FAULTS_MAX", otherwise: 12)
        let chosen = stride(from: scene.name.utf8.count % step, to: all.count, by: max(step, all.count / most))
        var told: Set<String> = []
        for index in chosen {
            let trial = try Trial(
                scene, injector: all[index], secondShimFirst: index % 2 == 0, in: ground, number: index + 1)
            tally.runs += 1
            tally.faults += 1
            let (found, said) = try trial.play()
            tally.violations += found
            told.insert(said)
        }
        #expect(tally.violations == [])
        #expect(tally.runs > 0)
        return told
    }
}
