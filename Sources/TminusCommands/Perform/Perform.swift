package import ArgumentParser
import Glibc
import TminusModel
import TminusSteps

/// What the shim runs for steps that are Tminus's own work. Not for people.
package struct Perform: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "perform",
        abstract: "Performs one step of Tminus's own, as told by TMINUS_REQUEST; the shim runs this.",
        discussion: "Example: TMINUS_REQUEST=attempt/request tminus perform",
        shouldDisplay: false
    )

    /// A request is a step's declaration: a mebibyte is many times the longest.
    private static let requestBytesMax = 1 << 20

    package init() {}

    package func run() async throws {
        let environment = Environment.current
        let outcome = await outcome(environment)
        if let path = environment["TMINUS_OUTPUT"], !write(outcome.outputJSON, to: path) {
            Output.complain("cannot write \(path): \(String(cString: strerror(errno)))")
            // Evidence that nobody can read is none.
            Glibc.exit(outcome.code == .done ? PerformanceOutcome.Code.no.rawValue : outcome.exitCode)
        }
        Output.complain(outcome.reason)
        Glibc.exit(outcome.exitCode)
    }

    private func outcome(_ environment: [String: String]) async -> PerformanceOutcome {
        guard let path = environment["TMINUS_REQUEST"] else {
            return PerformanceOutcome(.badRequest, "TMINUS_REQUEST names no file; this command is the shim's to run")
        }
        guard let bytes = SmallFile.bytes(path, bytesMax: Self.requestBytesMax) else {
            return PerformanceOutcome(.badRequest, "the request \(path) cannot be read")
        }
        let performance: Performance
        do { performance = try Performance(json: try JSON(parsing: bytes)) } catch {
            return PerformanceOutcome(.badRequest, "the request \(path) makes no sense: \(error)")
        }
        let surroundings = PerformanceSurroundings(
            environment: environment, workingDirectory: DataDirectory.absolute("."), now: LocalTime.now,
            log: { line in Output.complain(line) })
        return await perform(performance, in: surroundings)
    }

    private func write(_ json: JSON, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = json.bytes
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
