import Foundation

/// What a test did and found, for `scripts/torture`: a line of JSON, appended to the file `TMINUS_TALLY` names. Where
/// that isn't set, nothing is written.
struct Tally {
    /// The row of the table it counts in.
    let what: String
    /// What in that row, in a few words.
    let detail: String
    var faults = 0
    var runs = 0
    var violations: [String] = []
    /// Why nothing was tried.
    var skipped: String?

    init(_ what: String, _ detail: String) {
        self.what = what
        self.detail = detail
    }

    func write() {
        guard let path = ProcessInfo.processInfo.environment["TMINUS_TALLY"] else { return }
        var object: [String: Any] = [
            "what": what, "detail": detail, "faults": faults, "runs": runs, "violations": violations,
        ]
        object["skipped"] = skipped
        guard let line = try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys) else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        // One write, so that lines of several tests don't mix.
        _ = (line + Data("\n".utf8)).withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    /// A count from the environment, at least 1; `otherwise` where it isn't set.
    static func count(_ name: String, otherwise: Int) -> Int {
        max(1, ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? otherwise)
    }
}
