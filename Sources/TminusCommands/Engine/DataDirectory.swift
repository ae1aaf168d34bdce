import Glibc
import TminusAPI

/// Where one engine keeps everything. Absolute.
package struct DataDirectory: Equatable, Sendable {
    package let path: String
    /// Set when the engine is not this directory's own: then nothing of it is on this machine that we may touch.
    let remote: EngineAddress?
    let token: String?
    /// Set while `emergency/<n>` stands in for a journal that is gone.
    var emergency: Int?
    /// Where rollback bundles are written a second time; absolute. Nil for nowhere.
    var secondBundles: String?

    package init(path: String) {
        self.path = path
        remote = nil
        token = nil
    }

    init(elsewhere address: EngineAddress, token: String?) {
        path = address.name
        remote = address
        self.token = token.flatMap { $0.isEmpty ? nil : $0 }
    }

    var address: EngineAddress { remote ?? .socket(socket) }

    var lock: String { path + "/engine.lock" }
    package var socket: String { path + "/socket" }
    var journal: String { stores + "/journal.sqlite" }
    var metrics: String { stores + "/metrics.sqlite" }
    private var stores: String { emergency.map { "\(path)/emergency/\($0)" } ?? path }
    var log: String { path + "/engine.log" }
    var mirrors: String { path + "/mirrors" }
    var tagsSeen: String { path + "/tags-seen.json" }
    var runs: String { path + "/runs" }
    var bundles: String { path + "/bundles" }
    var keys: String { path + "/keys" }
    var seals: String { path + "/seals" }

    /// A Unix socket's address holds 108 bytes on Linux; a few are kept in hand.
    static let socketBytesMax = 100

    /// The directory that the options and the environment name; nothing is created.
    ///
    /// - Throws: `.badInput` when the socket's path would be too long, or none can be told.
    package static func found(option: String?, environment: [String: String]) throws(Failure) -> DataDirectory {
        var directory: DataDirectory
        if let option, !option.isEmpty {
            directory = DataDirectory(path: absolute(option))
        } else if let variable = environment["TMINUS_DATA"], !variable.isEmpty {
            directory = DataDirectory(path: absolute(variable))
        } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            directory = DataDirectory(path: absolute(state + "/tminus"))
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            directory = DataDirectory(path: absolute(home + "/.local/state/tminus"))
        } else {
            throw Failure(
                .badInput, "neither TMINUS_DATA, XDG_STATE_HOME nor HOME is set; say --data DIRECTORY")
        }
        if let second = environment["TMINUS_BUNDLES"], !second.isEmpty {
            directory.secondBundles = try directory.second(second)
        }
        let length = directory.socket.utf8.count
        guard length <= socketBytesMax else {
            throw Failure(
                .badInput,
                "the control socket's path would be \(length) bytes, and \(socketBytesMax) is the most that works: "
                    + "\(directory.socket)\nchoose a shorter directory with --data or TMINUS_DATA")
        }
        return directory
    }

    /// A second place for bundles: it must not be lost with this directory.
    func second(_ path: String) throws(Failure) -> String {
        let second = Self.absolute(path)
        guard second != self.path, !second.hasPrefix(self.path + "/") else {
            throw Failure(
                .badInput,
                "the second directory for bundles, \(second), lies in the data directory and would be lost with it; "
                    + "name one on another disk")
        }
        return second
    }

    /// Makes the directory (0700) when it is missing, and refuses one that others could use.
    ///
    /// - Throws: `.failed` with what to do.
    package func prepare() throws(Failure) {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT else { throw unusable("cannot be looked at", errno) }
            try make(path)
            guard stat(path, &status) == 0 else { throw unusable("cannot be looked at", errno) }
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure(.failed, "\(path) is not a directory") }
        guard status.st_uid == geteuid() else {
            throw Failure(.failed, "the data directory \(path) belongs to another account; choose one with --data")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(.failed, "others can use the data directory \(path): chmod 700 \(path)")
        }
    }

    private func make(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw unusable("cannot be made", errno)
        }
        try make(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw unusable("cannot be made", errno) }
    }

    private func unusable(_ what: String, _ code: Int32) -> Failure {
        Failure(.failed, "the data directory \(path) \(what): \(String(cString: strerror(code)))")
    }

    /// Absolute, without `.`, `..` or doubled slashes.
    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : currentDirectory + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static var currentDirectory: String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}
