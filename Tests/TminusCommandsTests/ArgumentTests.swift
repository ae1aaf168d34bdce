import ArgumentParser
import Testing
import TminusCommands
import TminusModel

@Suite
struct ArgumentTests {
    private func parse<Command: ParsableCommand>(_ arguments: String..., as type: Command.Type) throws -> Command {
        let parsed = try TminusCommand.parseAsRoot(arguments)
        return try #require(parsed as? Command, "\(arguments) is \(Swift.type(of: parsed))")
    }

    /// One that is made of the type's name costs every start of the program a search through all conformances.
    @Test func everyCommandSaysItsOwnName() {
        func unnamed(_ command: any ParsableCommand.Type) -> [String] {
            (command.configuration.commandName == nil ? ["\(command)"] : [])
                + command.configuration.subcommands.flatMap(unnamed)
        }
        #expect(TminusCommand.configuration.subcommands.count > 30)
        #expect(unnamed(TminusCommand.self).isEmpty)
    }

    @Test func runWithAFileStartsIt() throws {
        let start = try parse(
            "run", "checkout.yaml", "--input", "version=v1=2", "--input", "a=", "--phase", "T-1", "--detach",
            as: RunStart.self)
        #expect(start.pipeline.file == "checkout.yaml")
        #expect(start.pipeline.input.map(\.name) == ["version", "a"])
        #expect(start.pipeline.input.map(\.value) == ["v1=2", ""])
        #expect(start.phase == "T-1")
        #expect(start.detach)
    }

    @Test func runHasItsOwnNouns() throws {
        #expect(try parse("run", "list", "--limit", "3", as: RunList.self).filter.limit == 3)
        #expect(try parse("run", "show", "shop-1", as: RunShow.self).target.run == "shop-1")
        #expect(try parse("run", "export", "shop-1", as: RunExport.self).target.run == "shop-1")
        #expect(try parse("run", "start", "list", as: RunStart.self).pipeline.file == "list")
    }

    @Test func peoplesCommandsNeedTheirWords() throws {
        #expect(try parse("approve", "shop-1", as: Approve.self).step == nil)
        #expect(try parse("approve", "shop-1", "go", as: Approve.self).step == "go")
        #expect(try parse("resolve", "shop-1", "m", "--not-done", "--reason", "r", as: Resolve.self).answer == .notDone)
        #expect(try parse("abort", "shop-1", "--keep", "--reason", "r", as: Abort.self).keep)
        #expect(try parse("rollback", "shop-1", as: Rollback.self).pastPivot == false)
        for wrong in [
            ["reject", "shop-1", "go"], ["abort", "shop-1", "--reason", " "], ["go", "shop-1", "--reason", "r"],
            ["resolve", "shop-1", "m", "--reason", "r"],
            ["resolve", "shop-1", "m", "--done", "--lift", "--reason", "r"],
            ["run", "f.yaml", "--input", "noequals"], ["run", "list", "--limit", "0"],
            ["run", "list", "--status", "great"], ["serve", "--idle-seconds", "0"], ["nonsense"],
        ] {
            do {
                _ = try TminusCommand.parseAsRoot(wrong)
                Issue.record("\(wrong) was taken")
            } catch { #expect(TminusCommand.exitCode(for: error).rawValue == ExitStatus.usage.rawValue) }
        }
    }

    @Test func budgetsAndRulesCanBeTried() throws {
        #expect(
            try parse("budget", "history", "shop-1", "--svg", "a.svg", as: ShowBudgetHistory.self).picture.svg
                == "a.svg")
        #expect(try parse("budget", "history", "--limit", "3", as: ShowBudgetHistory.self).filter.limit == 3)
        let replay = try parse(
            "budget", "simulate", "p.yaml", "--file", "c.csv", "--every", "1m30s", as: SimulateBudget.self)
        #expect(replay.every.length == .seconds(90))
        let simulate = try parse(
            "judge", "simulate", "p.yaml", "--from", "shop-1", "--from", "shop-2", "--ratio", "2",
            as: SimulateJudge.self)
        #expect(simulate.from == ["shop-1", "shop-2"])
        #expect(simulate.ratio == [2])
        #expect(try parse("judge", "backtest", "--policy", "p.yaml", "--runs", "7", as: BacktestJudge.self).runs == 7)
        #expect(try parse("explain", "shop-1", "errors", as: Explain.self).subject == "errors")
        for wrong in [
            ["judge", "simulate", "p.yaml"], ["judge", "simulate", "p.yaml", "--file", "a", "--from", "b"],
            ["judge", "simulate", "p.yaml", "--file", "a", "--ratio", "0"],
            ["judge", "backtest", "--policy", "p", "--runs", "0"],
            ["budget", "simulate", "p.yaml", "--file", "c", "--every", "soon"],
            ["budget", "history", "shop-1", "shop-2", "--svg", "a.svg"],
        ] {
            do {
                _ = try TminusCommand.parseAsRoot(wrong)
                Issue.record("\(wrong) was taken")
            } catch { #expect(TminusCommand.exitCode(for: error).rawValue == ExitStatus.usage.rawValue) }
        }
    }

    @Test func exitCodesAreTheDocumentedOnes() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 64, 65, 75, 130])
        #expect(
            RunOutcome.allCases.map { ExitStatus($0) } == [
                .succeeded, .failed, .rolledBack, .rollbackIncomplete, .aborted,
            ])
        #expect(ExitStatus(RunStatus.waiting) == .waiting)
    }

    @Test func theDataDirectoryIsFoundInTurn() throws {
        let environment = ["TMINUS_DATA": "/t", "XDG_STATE_HOME": "/x", "HOME": "/h"]
        #expect(try DataDirectory.found(option: "/o/../p/", environment: environment).path == "/p")
        #expect(try DataDirectory.found(option: nil, environment: environment).path == "/t")
        #expect(try DataDirectory.found(option: nil, environment: ["XDG_STATE_HOME": "/x"]).path == "/x/tminus")
        #expect(try DataDirectory.found(option: nil, environment: ["HOME": "/h"]).path == "/h/.local/state/tminus")
        #expect(throws: Failure.self) { try DataDirectory.found(option: nil, environment: [:]) }
    }

    @Test func aSocketPathThatIsTooLongSaysWhichOptionToUse() {
        do {
            _ = try DataDirectory.found(option: "/" + String(repeating: "a", count: 100), environment: [:])
            Issue.record("it was taken")
        } catch {
            #expect(error.status == .badInput)
            #expect(error.description.contains("--data or TMINUS_DATA"))
        }
    }
}
