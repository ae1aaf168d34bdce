import CLinux
import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(2))) struct ForkServerTests {
    private let path = [Array("PATH=/usr/bin:/bin".utf8)]

    @Test func itsShimsAreChildrenOfWhoAskedAndNamedLikeSpawnedOnes() throws {
        let ground = try Ground()
        let server = ForkServer(shimPath: Ground.shim)
        let order = ground.order("grep PPid /proc/$PPID/status; tr '\\0' ' ' < /proc/$PPID/cmdline")
        let shim = try start(order, ground, server)
        #expect(Ground.wait(shim) == 0)
        let lines = ground.log(order).split(separator: "\n")
        #expect(lines.first == "PPid:\t\(getpid())")
        let words = try #require(lines.last).split(separator: " ")
        #expect(words == ["tminus-shim", "\(ground.path)/\(order.directory)"])
        #expect(shim != server.process)
    }

    @Test func manyAreAskedForBeforeTheFirstAnswer() throws {
        let ground = try Ground()
        let server = ForkServer(shimPath: Ground.shim)
        let orders = (1...8).map { ground.order("exit \($0)", number: $0) }
        for order in orders {
            try ground.prepare(order)
            #expect(server.ask("\(ground.path)/\(order.directory)", path, masks: -1))
        }
        for (index, order) in orders.enumerated() {
            let shim = try #require(server.shim())
            #expect(Ground.wait(shim) == 0)
            #expect(ExitRecord(ground.read(order, "exit"))?.end == .exited(Int32(index + 1)))
        }
    }

    @Test func oneStepSeesNothingOfTheVariablesOfTheStepBefore() throws {
        let ground = try Ground()
        let server = ForkServer(shimPath: Ground.shim)
        let first = ground.order("true")
        let secret = "SECRET=\(String(repeating: "correct horse battery staple ", count: 400))"
        #expect(Ground.wait(try start(first, ground, server, path + [Array(secret.utf8)])) == 0)
        // Both the command's environment and, as root, all that its shim has in memory.
        let script = "env; grep -c 'correct horse' /proc/$PPID/environ; exit 0"
        let second = ground.order(script, number: 2)
        #expect(Ground.wait(try start(second, ground, server)) == 0)
        #expect(!ground.log(second).contains("SECRET"))
    }

    @Test func whatIsTooLargeForAMessageIsNotAskedFor() throws {
        let ground = try Ground()
        let server = ForkServer(shimPath: Ground.shim)
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: ForkServer.messageBytesMax)
        #expect(!server.ask(ground.path, [Array("A=".utf8) + large], masks: -1))
        #expect(!server.ask("/" + String(repeating: "x", count: ForkServer.pathBytesMax), path, masks: -1))
        let many = [[UInt8]](repeating: Array("A=1".utf8), count: ForkServer.stringsMax)
        #expect(!server.ask(ground.path, many, masks: -1))
        #expect(server.process == nil)
    }

    @Test func aLargeEnvironmentStartsWithoutTheServer() async throws {
        let ground = try Ground()
        var order = ground.order("echo ${#A} ${#B}")
        let long = String(repeating: "x", count: 100_000)
        order.environment += [Variable(name: "A", value: long), Variable(name: "B", value: long)]
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.log(order) == "100000 100000\n")
    }

    @Test func aServerThatWasKilledIsReplacedAndItsShimsLiveOn() throws {
        let ground = try Ground()
        for name in ["on", "go"] { ground.makeSignal(name) }
        let server = ForkServer(shimPath: Ground.shim)
        let lasting = ground.order("echo on > on; read line < go; exit 3")
        let first = try start(lasting, ground, server)
        #expect(try ground.wait(for: "on") == "on")
        let killed = try #require(server.process)
        kill(killed, SIGKILL)
        var status: siginfo_t = siginfo_t()
        waitid(P_PID, id_t(killed), &status, WEXITED | WNOWAIT)
        // Nobody is there to take the message: so nothing was started, and the next question finds a new server.
        #expect(!server.ask(ground.path, path, masks: -1))
        let second = try start(ground.order("exit 4", number: 2), ground, server)
        #expect(server.process != killed)
        #expect(Ground.wait(second) == 0)
        try ground.write("go", "\n")
        #expect(Ground.wait(first) == 0)
        #expect(ExitRecord(ground.read(lasting, "exit"))?.end == .exited(3))
    }

    @Test func aServerThatIsSilentIsPutDownAndAllItTookIsUnknown() throws {
        let ground = try Ground()
        let server = ForkServer(shimPath: Ground.shim, patienceSeconds: 1)
        #expect(Ground.wait(try start(ground.order("true"), ground, server)) == 0)
        let stopped = try #require(server.process)
        kill(stopped, SIGSTOP)
        let orders = (2...4).map { ground.order("true", number: $0) }
        for order in orders {
            try ground.prepare(order)
            #expect(server.ask("\(ground.path)/\(order.directory)", path, masks: -1))
        }
        for _ in orders { #expect(server.answer() == .unknown) }
        #expect(server.process == nil)
        #expect(kill(stopped, 0) != 0)
        // None of them was begun, and the files say so.
        for order in orders { #expect(try settled(order, ground) == .neverStarted) }
        #expect(Ground.wait(try start(ground.order("true", number: 5), ground, server)) == 0)
    }

    @Test func itEndsWithItsEngine() throws {
        let ground = try Ground()
        var server: ForkServer? = ForkServer(shimPath: Ground.shim)
        #expect(Ground.wait(try start(ground.order("true"), ground, try #require(server))) == 0)
        let process = try #require(server?.process)
        server = nil
        #expect(kill(process, 0) != 0)
    }

    @Test(arguments: [[UInt8]([0x41]), [], [0, 0], Array("a\0b".utf8)])
    func messagesThatAreNoneStartNothing(_ message: [UInt8]) throws {
        var ends: [Int32] = [-1, -1]
        #expect(linux_message_pair(&ends, 10) == 0)
        let words = ["tminus-shim", "--serve", String(repeating: "-", count: 64)]
        let pid = try Spawn.session(Ground.shim, words.map { Array($0.utf8) }, path, input: ends[1]).get()
        close(ends[1])
        #expect(linux_send_message(ends[0], message, message.count, -1) == 0)
        var answer: Int32 = 0
        let result = linux_receive_answer(ends[0], &answer)
        // Two strings are well-formed: a shim of a directory that isn't there.
        if message == [0, 0] {
            #expect(result == 0 && answer > 0)
            #expect(Ground.wait(answer) == 66)
        } else {
            #expect(message.isEmpty ? result == -ECONNRESET : answer == -EINVAL)
        }
        close(ends[0])
        #expect(Ground.wait(pid) == 0)
    }

    private func start(
        _ order: AttemptOrder, _ ground: Ground, _ server: ForkServer, _ environment: [[UInt8]]? = nil
    ) throws -> pid_t {
        try ground.prepare(order)
        #expect(server.ask("\(ground.path)/\(order.directory)", environment ?? path, masks: -1))
        return try #require(server.shim())
    }

    private func settled(_ order: AttemptOrder, _ ground: Ground) throws -> AttemptDirectory.Evidence {
        try AttemptDirectory(
            path: "\(ground.path)/\(order.directory)", boot: ground.boot, runIsOfThisBoot: true
        ).settle()
    }
}

extension ForkServer {
    /// The shim that the oldest question made.
    fileprivate func shim() -> pid_t? {
        if case .started(let shim) = answer() { shim } else { nil }
    }
}
