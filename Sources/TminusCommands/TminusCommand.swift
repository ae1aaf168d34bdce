package import ArgumentParser
import Glibc
import TminusAPI

/// The root of the command line.
package struct TminusCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tminus",
        abstract: "Runs releases: asks the error budget before every step, judges the release while it goes, "
            + "and rolls it back by itself when a criterion trips.",
        discussion: """
            Example: tminus run checkout.yaml --input version=v1.4.2

            Every command finds its engine by the data directory (--data, TMINUS_DATA) and starts one when none runs.
            Exit codes: 0 succeeded, 1 failed, 2 rolled back, 3 waiting, 4 rollback incomplete, 5 aborted, \
            64 usage, 65 bad input, 75 engine held elsewhere, 130 detached.
            """,
        version: Version.current,
        subcommands: [Perform.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Releasing",
                subcommands: [RunGroup.self, Trigger.self, Hotfix.self, ShowPlan.self, Explain.self]),
            CommandGroup(name: "Watching", subcommands: [Status.self, Watch.self, Logs.self]),
            CommandGroup(
                name: "Deciding",
                subcommands: [
                    Approve.self, Reject.self, Go.self, Pause.self, Resume.self, Retry.self, Bypass.self,
                    Override.self, Resolve.self, Abort.self, Rollback.self, FreezeGroup.self, StopTheLine.self,
                    StartTheLine.self,
                ]),
            CommandGroup(
                name: "Keeping",
                subcommands: [
                    PipelineGroup.self, PolicyGroup.self, BudgetGroup.self, JudgeGroup.self, StoreGroup.self,
                    LockGroup.self, ReleaseGroup.self, BundleGroup.self, SealGroup.self, ReviewGroup.self,
                    TokenGroup.self, AuditGroup.self, Doctor.self, Serve.self, ShowVersion.self,
                ]),
        ]
    )

    package init() {}

    /// Parses, runs, and ends the process with an `ExitStatus`.
    package static func start(_ arguments: [String]) async -> Never {
        do {
            // A step of Tminus's own is such a process: parsing would be half of what it costs.
            let isPerform = arguments.dropFirst().elementsEqual(["perform"])
            var command: any ParsableCommand =
                isPerform ? Perform() : try parseAsRoot(Array(arguments.dropFirst()))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(ExitStatus.succeeded.rawValue)
        } catch let failure as Failure {
            if !failure.description.isEmpty { Output.complain("error: \(failure.description)") }
            Glibc.exit(failure.status.rawValue)
        } catch let error as APIError {
            let failure = Failure(error)
            Output.complain("error: \(failure.description)")
            Glibc.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
