import Glibc
import TminusAPI

/// The rollback bundles once more, on another disk, with the key that they are signed by: losing the data directory's
/// disk does not lose the way back.
struct SecondBundles {
    let directory: DataDirectory
    let path: String

    /// Nil when there is no second place.
    init?(directory: DataDirectory) {
        guard let path = directory.secondBundles else { return nil }
        self.directory = directory
        self.path = path
    }

    init(directory: DataDirectory, path: String) {
        self.directory = directory
        self.path = path
    }

    /// Makes the second place the same as the first: writes what is missing, drops what the first has dropped.
    ///
    /// - Throws: `.failed` naming the file.
    func update() throws(Failure) {
        guard let own = EngineKey.trusted(directory) else { return }
        if access(path, F_OK) != 0 { try DurableFile.make(path) }
        try check()
        // Another engine's key stays: bundles that it signed may be here.
        if !keys.contains(own) {
            let text = Hexadecimal.text(own)
            try DurableFile.write(Array((text + "\n").utf8), to: "\(path)/engine-\(text.prefix(16)).pub")
        }
        let first = Self.names(in: directory.bundles)
        let second = Self.names(in: path)
        for name in first where !isSame(name) {
            guard let bytes = SmallFile.bytes("\(directory.bundles)/\(name)", bytesMax: SignedFile.bytesMax) else {
                throw Failure(.failed, "\(directory.bundles)/\(name) can't be read")
            }
            try DurableFile.make("\(path)/" + name.split(separator: "/").dropLast().joined(separator: "/"))
            try DurableFile.write(bytes, to: "\(path)/\(name)")
        }
        // Only where the first still knows the target: an empty data directory must not empty the second place.
        for name in second where !first.contains(name) {
            let folder = name.split(separator: "/").dropLast().joined(separator: "/")
            if first.contains(where: { $0.hasPrefix(folder + "/") }) { unlink("\(path)/\(name)") }
        }
    }

    /// How many bundles of the first are not in the second.
    var missing: Int { Self.names(in: directory.bundles).count { !isSame($0) } }

    /// What the doctor says of it.
    var finding: Finding {
        let missing = missing
        guard missing > 0 else { return Finding(.ok, "bundles", "all rollback bundles are in \(path) too") }
        return Finding(
            .warning, "bundles", "\(missing) rollback bundles are not in \(path)",
            remedy: "look at that disk and its rights; they are written again after the next release, and when an "
                + "engine starts")
    }

    /// Brings the bundles of a target, or of all, into the data directory, and trusts their key there.
    ///
    /// - Returns: how many there are.
    /// - Throws: `.failed` with what is wrong with the second place.
    func bring() throws(Failure) -> Int {
        try check()
        guard !keys.isEmpty else {
            throw Failure(
                .failed,
                "\(path) has no engine-….pub: without the key nobody can tell whose the bundles are. If you have the "
                    + "old engine's keys/engine.pub, put it there under such a name")
        }
        let names = Self.names(in: path)
        for key in keys where !EngineKey.isTrusted(key, by: directory) {
            try DurableFile.make(directory.keys + "/trusted")
            let text = Hexadecimal.text(key)
            try DurableFile.write(
                Array((text + "\n").utf8), to: "\(directory.keys)/trusted/bundles-\(text.prefix(16)).pub")
        }
        for name in names where access("\(directory.bundles)/\(name)", F_OK) != 0 {
            guard let bytes = SmallFile.bytes("\(path)/\(name)", bytesMax: SignedFile.bytesMax) else {
                throw Failure(.failed, "\(path)/\(name) can't be read")
            }
            try DurableFile.make(
                "\(directory.bundles)/" + name.split(separator: "/").dropLast().joined(separator: "/"))
            try DurableFile.write(bytes, to: "\(directory.bundles)/\(name)")
        }
        return names.count
    }

    /// Those that signed what lies here.
    private var keys: [[UInt8]] {
        let files = DurableFile.names(in: path).filter { $0.hasPrefix("engine-") && $0.hasSuffix(".pub") }.prefix(100)
        // Another data directory's own bundles have the key beside their folder.
        return (files + ["../keys/engine.pub"]).compactMap { EngineKey.read("\(path)/\($0)") }
    }

    /// Whoever can write here decides what a rollback does.
    private func check() throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(.failed, "\(path) is no directory that can be read: is its disk there?")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
            throw Failure(.failed, "others can write in \(path), the second place of bundles: chmod 700 \(path)")
        }
    }

    private func isSame(_ name: String) -> Bool {
        var first = stat()
        var second = stat()
        guard stat("\(directory.bundles)/\(name)", &first) == 0, stat("\(path)/\(name)", &second) == 0 else {
            return false
        }
        // A bundle is written once; only an index over it could tell more, and costs reading both.
        return first.st_size == second.st_size
            && (second.st_mtim.tv_sec, second.st_mtim.tv_nsec) >= (first.st_mtim.tv_sec, first.st_mtim.tv_nsec)
    }

    /// `service/environment/run.bundle`, sorted.
    private static func names(in root: String) -> [String] {
        DurableFile.names(in: root).flatMap { service in
            DurableFile.names(in: "\(root)/\(service)").flatMap { environment in
                DurableFile.names(in: "\(root)/\(service)/\(environment)").filter { $0.hasSuffix(".bundle") }
                    .map { "\(service)/\(environment)/\($0)" }
            }
        }
    }
}
