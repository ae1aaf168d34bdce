import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite(.timeLimit(.minutes(1)))
struct CommandTests {
    private func run(_ script: String, timeout: Duration = .seconds(20), arm: String = "") async throws -> [ArmReading]
    {
        try await OriginSource(environment: plainEnvironment).counts(
            .about(
                .command(Command(argv: ["/bin/sh", "-c", script], isShell: true)),
                Indicator(name: "sales", counting: .asked), arm: arm, timeout: timeout))
    }

    private func error(_ script: String, timeout: Duration = .seconds(20)) async throws -> MetricError? {
        do throws(MetricError) {
            _ = try await OriginSource(environment: plainEnvironment).counts(
                .about(
                    .command(Command(argv: ["/bin/sh", "-c", script], isShell: true)),
                    Indicator(name: "sales", counting: .asked), timeout: timeout))
            return nil
        } catch { return error }
    }

    @Test func aProgramIsToldWhatIsAskedAndSeesNothingElse() async throws {
        let script = """
            [ "$TMINUS_FROM $TMINUS_TO $TMINUS_INDICATOR $TMINUS_SERVICE $TMINUS_ARM $PWD" = \
            "1763639940 1763640000 sales shop v1 /tmp" ] || exit 1
            [ "$(env | cut -d= -f1 | grep -v '^_$' | sort | tr '\\n' ' ')" = \
            "PATH PWD TMINUS_ARM TMINUS_FROM TMINUS_INDICATOR TMINUS_SERVICE TMINUS_TO " ] || exit 2
            [ "$(cat)" = "" ] || exit 3
            echo '{"good": 9, "total": 10}'
            """
        let counts = try #require(GoodTotal(good: 9, total: 10))
        #expect(try await run(script, arm: "v1") == [.counts(counts)])
    }

    @Test func whatItSaidLastIsInTheError() async throws {
        let failed = try await error("echo starting >&2; echo 'no such team' >&2; exit 4")
        #expect(failed == MetricError(.refused, "the command: ended with exit code 4: no such team"))
        let killed = try await error("kill -9 $$")
        #expect(killed == MetricError(.refused, "the command: was killed by signal 9"))
    }

    @Test func aProgramThatDoesNotEndIsKilledWithAllItStarted() async throws {
        let path = NSTemporaryDirectory() + "pid-\(UUID().uuidString)"
        let late = try await error("sleep 600 & echo $! > \(path); wait", timeout: .milliseconds(500))
        #expect(late == MetricError(.timeout, "the command: did not end within 500ms, and was killed"))
        let pid = try #require(
            Int32(try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        let deadline = ContinuousClock.now + .seconds(20)
        while Self.isAlive(pid), ContinuousClock.now < deadline { await Task.yield() }
        #expect(!Self.isAlive(pid))
    }

    /// Not a zombie either, as which it would stay where nobody reaps orphans.
    private static func isAlive(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return status.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    @Test func aProgramThatLeavesOthersBehindIsNotWaitedFor() async throws {
        let counts = try #require(GoodTotal(good: 1, total: 2))
        let begun = ContinuousClock.now
        #expect(
            try await run("sleep 600 >/dev/null & echo '{\"good\": 1, \"total\": 2}'") == [.counts(counts)])
        #expect(ContinuousClock.now - begun < .seconds(15))
    }

    @Test func endlessOutputIsCutOff() async throws {
        let flood = try await error("yes")
        #expect(flood == MetricError(.tooLarge, "the command: printed more than 64 KiB"))
        let noise = try await error("yes >&2", timeout: .milliseconds(500))
        #expect(noise?.code == .timeout)
    }

    @Test func eachSliceIsARunOfItsOwnUpToALimit() async throws {
        let origin = MetricOrigin.command(
            Command(argv: ["sh", "-c", "echo \"{\\\"good\\\": 0, \\\"total\\\": $((TMINUS_TO % 3600))}\""]))
        let indicator = Indicator(name: "sales", counting: .asked)
        let source = OriginSource(environment: plainEnvironment)
        let readings = try await source.counts(.about(origin, indicator, slices: 5))
        let totals = readings.map { if case .counts(let counts) = $0 { counts.total } else { Int64(-1) } }
        #expect(totals == [3_360, 3_420, 3_480, 3_540, 0])
        await #expect(throws: MetricError.self) {
            try await source.counts(.about(origin, indicator, slices: CommandSource.slicesMax + 1))
        }
    }
}
