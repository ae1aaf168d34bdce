import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(5))) struct RunningTests {
    @Test(arguments: [0, 1, 3, 20, 127, 255] as [Int32])
    func anExitCodeIsReportedAsItIs(code: Int32) async throws {
        let ground = try Ground()
        let result = try await ground.run(ground.order("exit \(code)"))
        #expect(result.end == .exited(code))
        #expect(result.outputs == [])
        #expect(result.note == nil)
        #expect(result.elapsed != nil)
    }

    @Test func aCommandKilledByASignalSaysWhich() async throws {
        let ground = try Ground()
        #expect(try await ground.run(ground.order("kill -9 $$")).end == .signalled(9))
    }

    @Test func aProgramIsFoundInTheStepsOwnPath() async throws {
        let ground = try Ground()
        #expect(try await ground.run(ground.order(["true"])).end == .exited(0))
    }

    @Test func whatCannotBeRunNeverStarted() async throws {
        let ground = try Ground()
        let absent = try await ground.run(ground.order(["/no/such/program"]))
        #expect(absent == AttemptResult(end: .notStarted("cannot run /no/such/program: No such file or directory")))
        var elsewhere = ground.order("true", number: 2)
        elsewhere.workingDirectory = "/no/such/place"
        #expect(
            try await ground.run(elsewhere).end
                == .notStarted("cannot enter the working directory /no/such/place: No such file or directory"))
    }

    @Test func aCommandLineTooLargeForTheSystemNeverStarted() async throws {
        let ground = try Ground()
        let long = String(repeating: "x", count: 200_000)
        #expect(
            try await ground.run(ground.order(["/bin/true", long])).end
                == .notStarted("cannot run /bin/true: Argument list too long"))
        var order = ground.order("true", number: 2)
        order.environment.append(Variable(name: "LONG", value: long))
        #expect(
            try await ground.run(order).end
                == .notStarted("its environment and arguments are larger than the system allows (E2BIG)"))
    }

    @Test func theStepSeesItsEnvironmentAndNothingElse() async throws {
        let ground = try Ground()
        var order = ground.order(["/usr/bin/env"])
        order.environment += [Variable(name: "A", value: "1"), Variable(name: "A", value: "2")]
        order.work = .command(
            Command(argv: ["/usr/bin/env"]), environment: [Variable(name: "TMINUS_WEIGHT", value: "25")])
        #expect(try await ground.run(order).end == .exited(0))
        let lines = ground.log(order).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "PATH=/usr/bin:/bin", "A=2", "TMINUS_WEIGHT=25",
                "TMINUS_OUTPUT=\(ground.file(order, "output"))",
            ])
    }

    @Test func theCommandHasNoInputAndNoOpenFilesButItsOwn() async throws {
        let ground = try Ground()
        let order = ground.order("cat; readlink /proc/$$/fd/0; exec ls /proc/self/fd")
        #expect(try await ground.run(order).end == .exited(0))
        // The last is what ls itself reads.
        #expect(ground.log(order) == "/dev/null\n0\n1\n2\n3\n")
    }

    @Test func aPinnedProgramRunsFromItsCopy() async throws {
        let ground = try Ground()
        var order = ground.order(["./scripts/deploy", "now"])
        order.pinned = ["scripts/deploy"]
        let copies = "\(ground.path)/runs/shop-1/files/scripts"
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
        try "#!/bin/sh\necho copy $1 in $(pwd)\n".write(toFile: copies + "/deploy", atomically: true, encoding: .utf8)
        #expect(chmod(copies + "/deploy", 0o700) == 0)
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.log(order) == "copy now in \(ground.path)\n")
    }

    @Test func aProgramStillOpenForWritingIsWaitedForABit() throws {
        let ground = try Ground()
        let order = ground.order(["./busy"])
        try ground.write("busy", "#!/bin/sh\nexit 8\n")
        #expect(chmod("\(ground.path)/busy", 0o700) == 0)
        try ground.prepare(order)
        let writer = open("\(ground.path)/busy", O_WRONLY | O_CLOEXEC)
        #expect(writer >= 0)
        let shim = try ground.spawnShim(order)
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while SmallFile.readKernel("/proc/\(shim)/task/\(shim)/children") == "", ContinuousClock.now < deadline {}
        close(writer)
        #expect(Ground.wait(shim) == 0)
        #expect(ExitRecord(ground.read(order, "exit"))?.end == .exited(8))
    }

    @Test func workOfTminusItselfRunsAsPerformWithARequest() async throws {
        let ground = try Ground()
        var order = ground.order("true")
        let migration = Migration(tool: .sqlite(directory: "migrations", database: "shop.db"), kind: .expand)
        order.work = .perform(.migrate(migration))
        order.pinned = ["migrations/001_start.sql"]
        // In this test `tminus` is /bin/echo.
        #expect(try await ground.run(order).end == .exited(0))
        #expect(ground.log(order) == "perform\n")
        let pinned = Migration(
            tool: .sqlite(directory: "\(ground.path)/runs/shop-1/files/migrations", database: "shop.db"), kind: .expand)
        #expect(ground.read(order, "request") == Performance.migrate(pinned).json.bytes)
    }

    @Test func theNoteIsTheLastLineWritten() async throws {
        let ground = try Ground()
        let order = ground.order("echo one; printf 'the disk\\tis full \\n\\n' >&2; exit 1")
        #expect(try await ground.run(order).note == "the disk is full")
        #expect(ground.log(order) == "one\nthe disk\tis full \n\n")
        let long = try await ground.run(ground.order("printf %0500d 7", number: 2))
        #expect(long.note == String(repeating: "0", count: 400))
    }

    @Test func runningIsNewsOnlyOfAttemptsThatLast() async throws {
        let ground = try Ground()
        ground.makeSignal("go")
        ground.start(ground.order("read line < go"))
        #expect(try await ground.report().news == .running)
        try ground.write("go", "now\n")
        let report = try await ground.report()
        #expect(report.key == ground.order("true").key)
        guard case .ended(let result) = report.news else { throw Unexpected() }
        #expect(result.end == .exited(0))
        #expect(try #require(result.elapsed) >= .milliseconds(200))
    }

    @Test func aHundredAttemptsAtOnceAllEndOnce() async throws {
        let ground = try Ground()
        for number in 1...100 { ground.start(ground.order("exit \(number)", number: number)) }
        var codes: [Int32] = []
        for _ in 1...100 {
            if case .exited(let code) = try await ground.end().end { codes.append(code) }
        }
        #expect(codes.sorted() == Array(1...100))
    }

    @Test func theShimsProtocolIsChecked() throws {
        func runner(_ shim: String) throws -> ShimRunner {
            try ShimRunner(dataDirectory: "/tmp", shimPath: shim, tminusPath: "/bin/true", cgroupParent: nil) { _ in }
        }
        try runner(Ground.shim).checkShim()
        #expect(throws: ShimFault(description: "no tminus-shim at /no/shim: install it beside tminus")) {
            try runner("/no/shim").checkShim()
        }
        #expect(throws: ShimFault.self) { try runner("/bin/echo").checkShim() }
    }
}

struct Unexpected: Error {}
