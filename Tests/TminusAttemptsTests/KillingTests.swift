import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// Both ways of killing; the cgroup one only where a cgroup v2 can be had.
enum Killing: String, CaseIterable, CustomTestStringConvertible {
    case sweep, cgroup

    var testDescription: String { rawValue }

    static var possible: [Killing] { delegation == nil ? [.sweep] : allCases }

    /// A cgroup v2 directory where this machine lets us make some; nil where only the sweep can be tested.
    static let delegation: String? = {
        for base in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
            if case .usable(let parent) = CgroupDelegation.attempt(at: base) { return parent }
        }
        return nil
    }()

    func ground() throws -> Ground { try Ground(cgroupParent: self == .cgroup ? Self.delegation : nil) }
}

@Suite(.timeLimit(.minutes(5))) struct KillingTests {
    @Test func aCgroupIsUsedWhereThereIsOne() throws {
        switch CgroupDelegation.detect() {
        case .usable(let parent): #expect(FileManager.default.fileExists(atPath: parent))
        case .unusable(let reason): #expect(!reason.isEmpty)
        }
        #expect(CgroupDelegation.attempt(at: "/tmp") == .unusable(reason: "/tmp is not a cgroup v2 directory"))
    }

    @Test(.enabled(if: Killing.delegation != nil, "no cgroup v2 to use is mounted here: only the sweep is tested"))
    func aStepRunsInACgroupOfItsOwnThatGoesWithIt() async throws {
        let ground = try Killing.cgroup.ground()
        let order = ground.order("grep '^0::' /proc/self/cgroup")
        #expect(try await ground.run(order).end == .exited(0))
        let line = ground.log(order).trimmingCharacters(in: .newlines)
        #expect(line.hasSuffix(":runs:shop-1:deploy:1"))
        let name = try #require(line.split(separator: "/").last)
        #expect(!FileManager.default.fileExists(atPath: "\(try #require(Killing.delegation))/\(name)"))
    }

    @Test(arguments: Killing.possible)
    func aStepPastItsTimeoutIsDeadWhenThatIsReported(killing: Killing) async throws {
        let ground = try killing.ground()
        let order = ground.order("echo $$ > pid; exec sleep 60", timeout: .milliseconds(300))
        let result = try await ground.run(order)
        #expect(result.end == .timedOut)
        #expect(try #require(result.elapsed) < .seconds(5))
        #expect(!Ground.isAlive(try ground.wait(for: "pid")))
    }

    @Test(arguments: Killing.possible)
    func aStepThatIgnoresTermIsKilledAfterItsGrace(killing: Killing) async throws {
        let ground = try killing.ground()
        ground.makeSignal("began")
        ground.makeSignal("never")
        let script = "trap 'echo term >> terms' TERM; echo $$ > began; while :; do read line < never; done"
        let order = ground.order(script, grace: .milliseconds(500))
        ground.start(order)
        let pid = try ground.wait(for: "began")
        await ground.stop(order)
        let result = try await ground.end()
        #expect(result.end == .stopped)
        #expect(!Ground.isAlive(pid))
        #expect(try ground.text("terms") == "term\n")
    }

    @Test func aStepThatEndsOnTermIsNotMadeToWaitNorAreItsChildren() async throws {
        let ground = try Ground()
        ground.makeSignal("began")
        ground.makeSignal("never")
        let script = """
            trap 'echo tidied; exit 0' TERM
            sh -c 'trap "" TERM; echo on > began; read line < never' &
            read line < never
            """
        let order = ground.order(script, grace: .seconds(30))
        ground.start(order)
        #expect(try ground.wait(for: "began") == "on")
        await ground.stop(order)
        let result = try await ground.end()
        #expect(result.end == .stopped)
        #expect(result.note == "tidied")
        #expect(try #require(result.elapsed) < .seconds(10))
    }

    /// Everything a shell can do to get away: sessions, double forks, jobs in groups of their own, ignored signals.
    static let nasty = """
        (setsid sh -c 'trap "" TERM HUP; echo $$ >> pids; while :; do sleep 60; done' &)
        (sh -c 'echo $$ >> pids; exec sleep 60' &)
        setsid sh -c 'setsid sh -c "echo \\$\\$ >> pids; exec sleep 60" & echo $$ >> pids; wait' &
        sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 60; done' &
        while [ "$(wc -l < pids)" -lt 5 ]; do sleep 0.01; done
        """

    @Test(arguments: Killing.possible)
    func whatAStepLeavesBehindDoesNotOutliveIt(killing: Killing) async throws {
        let ground = try killing.ground()
        try ground.write("pids", "")
        let result = try await ground.run(ground.order(Self.nasty + "\nexit 6"))
        #expect(result.end == .exited(6))
        let pids = try ground.text("pids").split(separator: "\n").map(String.init)
        #expect(pids.count == 5)
        #expect(pids.filter(Ground.isAlive) == [])
    }

    @Test(arguments: Killing.possible)
    func aStoppedStepTakesItsWholeTreeAlong(killing: Killing) async throws {
        let ground = try killing.ground()
        try ground.write("pids", "")
        ground.makeSignal("began")
        let order = ground.order(Self.nasty + "\necho on > began; sleep 60", grace: .milliseconds(200))
        ground.start(order)
        #expect(try ground.wait(for: "began") == "on")
        await ground.stop(order)
        #expect(try await ground.end().end == .stopped)
        let pids = try ground.text("pids").split(separator: "\n").map(String.init)
        #expect(pids.count == 5)
        #expect(pids.filter(Ground.isAlive) == [])
    }

    @Test func aDaemonHoldingTheOutputOpenDoesNotDelayTheEnd() async throws {
        let ground = try Ground()
        let result = try await ground.run(ground.order("(setsid sleep 60 &) ; echo done"))
        #expect(result.end == .exited(0))
        #expect(result.note == "done")
        #expect(try #require(result.elapsed) < .seconds(5))
    }

    @Test func stoppingWhatIsOverOrUnknownIsHarmless() async throws {
        let ground = try Ground()
        let order = ground.order("true")
        await ground.stop(order)
        #expect(try await ground.run(order).end == .exited(0))
        await ground.stop(order)
    }
}
