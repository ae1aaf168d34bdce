import CLinux
import Glibc

/// Attempts that still run although the journal of their run is gone: found by their files and held locks.
package struct LostAttempts: Sendable {
    /// Absolute: the folder of all runs.
    private let runs: String

    /// Longer than the grace of nearly every step, and the kill after it.
    private static let patience = Duration.seconds(60)

    package init(runs: String) {
        self.runs = runs
    }

    /// Whether all that a run ever started was started since this machine was: then a power cut took none of it.
    package func isOfThisBoot(_ run: String) -> Bool {
        guard let boot = try? Boot.current() else { return false }
        return SmallFile.read("\(runs)/\(run)/boot", limit: 256)?.elementsEqual(boot.utf8) == true
    }

    /// Named `run/step/attempt`, sorted; of runs that are named after these pipelines.
    package func live(of pipelines: [String]) -> [String] {
        names(in: runs).filter { isRun($0, of: pipelines) }.flatMap { live(in: $0) }
    }

    /// The same of one run.
    package func live(in run: String) -> [String] {
        all(in: run).filter { directory($0).isLocked() }
    }

    /// Every attempt that has a folder, alive or not, tries at telling people included.
    package func all(in run: String) -> [String] {
        names(in: "\(runs)/\(run)").filter { $0 != "files" }.flatMap { step in
            names(in: "\(runs)/\(run)/\(step)").map { "\(run)/\(step)/\($0)" }
        }
    }

    /// Tells them all to stop, as an engine would, and waits for their ends. Returns those that are left.
    package func stop(of pipelines: [String]) async -> [String] {
        let deadline = ContinuousClock.now + Self.patience
        var told: Set<String> = []
        var left = live(of: pipelines)
        while !left.isEmpty, ContinuousClock.now < deadline {
            for name in left where !told.contains(name) {
                if tell(directory(name)) { told.insert(name) }
            }
            try? await Task.sleep(for: .milliseconds(20))
            left = left.filter { directory($0).isLocked() }
        }
        return left
    }

    /// False when its shim has not said yet who it is.
    private func tell(_ directory: AttemptDirectory) -> Bool {
        guard let shim = directory.shim() else { return false }
        let handle = linux_pidfd_open(shim)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        // The handle is of the shim for certain only while the lock is still held.
        guard directory.isLocked() else { return true }
        _ = linux_pidfd_send_signal(handle, SIGTERM)
        _ = linux_pidfd_send_signal(handle, SIGCONT)
        return true
    }

    /// `checkout-12` is a run of `checkout`; what ran while the journal was away is not lost.
    private func isRun(_ name: String, of pipelines: [String]) -> Bool {
        pipelines.contains { pipeline in
            guard name.hasPrefix(pipeline + "-") else { return false }
            let rest = name.dropFirst(pipeline.count + 1)
            return !rest.isEmpty && rest.allSatisfy { $0.isASCII && $0.isNumber }
        }
    }

    private func directory(_ name: String) -> AttemptDirectory {
        AttemptDirectory(path: "\(runs)/\(name)", boot: "", runIsOfThisBoot: false)
    }

    private func names(in folder: String) -> [String] { FolderNames.all(in: folder) }
}
