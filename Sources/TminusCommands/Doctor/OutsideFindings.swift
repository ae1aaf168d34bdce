import Glibc
import TminusAPI
import TminusAttempts
import TminusModel
import TminusSQLite

/// What can be found without an engine.
struct OutsideFindings {
    private let directory: DataDirectory

    init(_ directory: DataDirectory) {
        self.directory = directory
    }

    var beforeEngine: [Finding] { [data] + files + [socket, lock, disk, ballast, shim] }

    private var data: Finding {
        do {
            try directory.prepare()
            return Finding(.ok, "data", "\(directory.path) is ours alone")
        } catch {
            return Finding(.failure, "data", error.description, remedy: "chmod 700, or choose another with --data")
        }
    }

    /// Every file that is ours alone by intention, and by whom it can be used.
    private var files: [Finding] {
        let names =
            DurableFile.names(in: directory.path).map { "\(directory.path)/\($0)" }
            + DurableFile.names(in: directory.keys).map { "\(directory.keys)/\($0)" }
        var wrong: [Finding] = []
        for path in names {
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let isOurs = status.st_uid == geteuid()
            let isOpen = status.st_mode & 0o077 != 0 && status.st_mode & S_IFMT != S_IFLNK
            if isOurs, !isOpen { continue }
            // A policy is no secret, and may belong to whoever keeps it: its own check says more.
            if path.hasSuffix("/tminus.yaml") { continue }
            wrong.append(
                Finding(
                    isOurs && !path.hasPrefix(directory.keys) ? .warning : .failure, "files",
                    isOurs
                        ? "others may use \(path) (mode \(String(status.st_mode & 0o777, radix: 8)))"
                        : "\(path) belongs to another account (uid \(status.st_uid))",
                    remedy: isOurs
                        ? "chmod go= \(path)" : "chown it to the engine's account, or find out who put it there"))
        }
        return wrong.isEmpty ? [Finding(.ok, "files", "\(names.count) in it are ours alone")] : wrong
    }

    private var ballast: Finding {
        var status = stat()
        let isThere = stat("\(directory.path)/ballast", &status) == 0
        if isThere, status.st_size == Ballast.bytesUsual, Int64(status.st_blocks) * 512 >= Ballast.bytesUsual {
            return Finding(.ok, "ballast", "\(Ballast.bytesUsual >> 20) MiB are held back for the end of running steps")
        }
        if !isThere, EngineLock.isHeld(directory) != true {
            return Finding(.ok, "ballast", "an engine sets some space aside when it starts")
        }
        return Finding(
            .warning, "ballast",
            "no space is held back for the end of running steps: the disk was full, or is nearly so",
            remedy: "free some; the engine makes the ballast anew when the next run is submitted")
    }

    private var socket: Finding {
        var status = stat()
        if lstat(directory.socket, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                return Finding(
                    .failure, "socket", "\(directory.socket) is no socket",
                    remedy: "remove it, and start the engine anew")
            }
            guard status.st_mode & 0o077 == 0 else {
                return Finding(
                    .failure, "socket",
                    "others can use \(directory.socket) (mode \(String(status.st_mode & 0o777, radix: 8))): whoever "
                        + "reaches it gives orders", remedy: "chmod 600 \(directory.socket)")
            }
        }
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
}
