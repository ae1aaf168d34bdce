import Glibc
import TminusModel

/// One line of `tminus run export` or `tminus watch --json`.
struct RunEvent: Sendable, CustomStringConvertible {
    let line: String
    let json: JSON

    init(_ line: String) throws {
        self.line = line
        json = try JSON(parsing: Array(line.utf8))
    }

    var type: String { text("type") }
    var step: String { text("step") }
    var description: String { line }

    /// A text, number or truth value by its path, such as `result.end.type`, as text; empty when there is none.
    func text(_ path: String) -> String {
        let found = path.split(separator: ".").reduce(Optional(json)) { json, key in json?[String(key)] }
        return found?.text ?? found?.integer.map { String($0) } ?? found?.bool.map { String($0) } ?? ""
    }
}

/// The events of a run as a second terminal sees them come.
final class Watch: Sendable {
    let started: Started
    /// Kept until the watch is gone: one that outlives its engine starts another.
    private let tminus: Tminus

    init(_ run: String, _ tminus: Tminus) throws {
        self.tminus = tminus
        started = try tminus.start(["watch", run, "--json"])
    }

    deinit {
        started.signal(SIGKILL)
    }

    var events: [RunEvent] {
        started.output.split(separator: "\n", omittingEmptySubsequences: true).compactMap { try? RunEvent(String($0)) }
    }

    /// The first event of that type, and of that step when one is named, once it is there.
    @discardableResult
    func event(
        _ type: String, _ step: String? = nil, where fits: (RunEvent) -> Bool = { _ in true }
    ) async throws -> RunEvent {
        var found: RunEvent?
        var seen = -1
        let came = try await Waiting.until {
            // Reading a plan again for each look would keep two cores busy.
            let size = started.outputSize
            guard size != seen else { return false }
            seen = size
            found = events.first { $0.type == type && (step == nil || $0.step == step) && fits($0) }
            return found != nil
        }
        guard came, let found else {
            let seen = events.map { "\($0.type) \($0.step)" }.joined(separator: ", ")
            throw WaitProblem("no \(type) \(step ?? "") came; \(seen) \(started.errors)")
        }
        return found
    }

    /// The exit code of the watch, once the run is over.
    func ended() async -> Int32 { await started.ended().status }
}

/// For what other processes make true without a signal.
enum Waiting {
    /// Looks again and again; false after a minute.
    static func until(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Pause.briefly()
        }
        return false
    }
}

struct WaitProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
