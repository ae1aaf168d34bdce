import CLinux
import Foundation
import Glibc
import TminusAPI
import TminusAttempts
import TminusModel

/// What can be found without an engine.
struct OutsideFindings {
    private let directory: DataDirectory

    init(_ directory: DataDirectory) {
        self.directory = directory
    }

    var beforeEngine: [Finding] { [data, socket, lock, disk, shim] }

    private var data: Finding {
        do {
            try directory.prepare()
            return Finding(.ok, "data", "\(directory.path) is ours alone")
        } catch {
            return Finding(.failure, "data", error.description, remedy: "chmod 700, or choose another with --data")
        }
    }

    private var socket: Finding {
        let length = directory.socket.utf8.count
        return Finding(.ok, "socket", "its path has \(length) of at most \(DataDirectory.socketBytesMax) bytes")
    }

    private var lock: Finding {
        guard EngineLock.isHeld(directory) == true else { return Finding(.ok, "lock", "nobody holds it") }
        guard let holder = EngineLock.holder(of: directory) else {
            return Finding(.warning, "lock", "somebody holds it and has not said who", remedy: "ask again in a second")
        }
        let since = LocalTime.full(holder.started)
        let text = "pid \(holder.pid), version \(holder.version), since \(since)"
        guard SocketProbe.isListening(directory.socket) else {
            return Finding(
                .failure, "lock", "\(text) holds it, and does not listen",
                remedy: "it is starting or stopping; when it stays so: kill \(holder.pid), runs live on")
        }
        return Finding(.ok, "lock", text)
    }

    private var disk: Finding {
        var status = statvfs()
        guard statvfs(directory.path, &status) == 0 else {
            return Finding(.warning, "disk", "its free space cannot be told: \(String(cString: strerror(errno)))")
        }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        let mebibytes = free.overflow ? UInt64.max : free.partialValue >> 20
        let text = "\(mebibytes) MiB free"
        if mebibytes < 64 {
            return Finding(.failure, "disk", text, remedy: "free some: journals cannot be written soon")
        }
        if mebibytes < 512 { return Finding(.warning, "disk", text, remedy: "free some before the next release") }
        return Finding(.ok, "disk", text)
    }

    private var shim: Finding {
        do {
            let runner = try ShimRunner(
                dataDirectory: directory.path, shimPath: Executable.beside("tminus-shim"),
                tminusPath: Executable.path, cgroupParent: nil, onReports: { _ in })
            try runner.checkShim()
            return Finding(.ok, "shim", "\(Executable.beside("tminus-shim")) speaks our protocol")
        } catch {
            return Finding(
                .failure, "shim", "\(error)", remedy: "scripts/install puts tminus and tminus-shim side by side")
        }
    }

    /// Attempts of runs that have ended whose shim still holds its lock.
    func orphans(live: [String]?) async -> [Finding] {
        guard let live else { return [] }
        var found: [String] = []
        for run in entries(directory.runs) where !live.contains(run) {
            for step in entries("\(directory.runs)/\(run)") where step != "files" {
                for attempt in entries("\(directory.runs)/\(run)/\(step)") {
                    let path = "\(directory.runs)/\(run)/\(step)/\(attempt)"
                    if isHeld("\(path)/lock") { found.append(path) }
                }
            }
        }
        guard let first = found.first else { return [Finding(.ok, "attempts", "none outlived its run")] }
        return [
            Finding(
                .warning, "attempts", "\(found.count) of ended runs still have a live shim, such as \(first)",
                remedy: "look at what it runs (fuser -v \(first)/lock), and end it if it should not")
        ]
    }

    private func entries(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard linux_try_lock(descriptor) == 0 else { return true }
        _ = linux_unlock(descriptor)
        return false
    }
}
