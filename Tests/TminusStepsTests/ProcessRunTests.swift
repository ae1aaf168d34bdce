import Foundation
import Testing

@testable import TminusSteps

@Suite struct ProcessRunTests {
    @Test func argumentsAndVariablesArriveByteForByte() throws {
        let scratch = try Scratch()
        let hostile = ["$(id)", "`id`", "a b", "'\"", "-rf", "\u{202E}", "", "*", "\n"]
        let run = ProcessRun(
            argv: ["printf", "%s\\001"] + hostile, surroundings: scratch.surroundings(["WEIRD": "$(id)"])
        )
        let result = try run.run()
        #expect(result.outputText == hostile.map { $0 + "\u{01}" }.joined())
        let variable = try ProcessRun(
            argv: ["printenv", "WEIRD"], surroundings: scratch.surroundings(["WEIRD": "$(id)"])
        ).run()
        #expect(variable.outputText == "$(id)\n")
    }

    @Test func theEndAndTheLastErrorLineAreTold() throws {
        let scratch = try Scratch()
        let run = ProcessRun(
            argv: ["/bin/sh", "-c", "echo one >&2; printf 'two\\n\\n' >&2; exit 7"],
            surroundings: scratch.surroundings()
        )
        let result = try run.run()
        #expect(result.end == .exited(7))
        #expect(result.failure == "exit code 7: two")
        #expect(scratch.log == ["one", "two"])
        let killed = try ProcessRun(
            argv: ["/bin/sh", "-c", "kill -9 $$"], surroundings: scratch.surroundings()
        ).run()
        #expect(killed.failure == "killed by signal 9")
    }

    @Test func outputBeyondTheLimitIsCutAndDrained() throws {
        let run = ProcessRun(
            argv: ["head", "-c", "3000000", "/dev/zero"], surroundings: try Scratch().surroundings()
        )
        let result = try run.run()
        #expect(result.succeeded)
        #expect(result.isOutputCut)
        #expect(result.output.count == 1_048_576)
    }

    @Test func aGrandchildThatKeepsThePipeOpenIsNotWaitedFor() throws {
        let scratch = try Scratch()
        let run = ProcessRun(
            argv: ["/bin/sh", "-c", "sleep 1000 & echo $!; exit 0"], surroundings: scratch.surroundings()
        )
        let result = try run.run()
        #expect(result.end == .exited(0))
        let grandchild = try #require(pid_t(result.outputText.trimmingCharacters(in: .newlines)))
        #expect(kill(grandchild, SIGKILL) == 0)
    }

    @Test func aProgramThatIsNotThereSaysSo() throws {
        let scratch = try Scratch()
        for (argv, reason) in [
            (["tminus-no-such"], "there is no program tminus-no-such in PATH; install it or name its path"),
            (["/no/such"], "/no/such can't be started: No such file or directory"),
            ([], "there is no program at all in PATH; install it or name its path"),
        ] {
            do throws(ProcessRun.Failure) {
                _ = try ProcessRun(argv: argv, surroundings: scratch.surroundings()).run()
                Issue.record("\(argv) was started")
            } catch {
                #expect(error.reason == reason)
            }
        }
    }

    @Test func itRunsInTheWorkingDirectoryWithAnEmptyInput() throws {
        let scratch = try Scratch()
        let result = try ProcessRun(
            argv: ["/bin/sh", "-c", "pwd; cat; echo ${TMINUS_OUTPUT-none}"],
            surroundings: scratch.surroundings(["TMINUS_OUTPUT": "/x"])
        ).run()
        #expect(result.outputText == "\(scratch.path)\nnone\n")
    }
}
