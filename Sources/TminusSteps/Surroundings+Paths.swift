import Foundation

extension PerformanceSurroundings {
    /// `path` as an absolute path, relative ones below the working directory. Pinned paths arrive absolute already.
    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var relative = path[...]
        while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
        return "\(workingDirectory)/\(relative)"
    }

    /// The argv with its program resolved when it is a relative path; a bare name is left for `PATH`.
    func resolve(argv: [String]) -> [String] {
        guard let program = argv.first, program.contains("/") else { return argv }
        return [resolve(program)] + argv.dropFirst()
    }

    /// What programs run by a performance see: everything but the file this performance itself reports to.
    var childEnvironment: [String: String] {
        environment.filter { $0.key != "TMINUS_OUTPUT" && $0.key != "TMINUS_REQUEST" }
    }
}

/// A file read whole, up to a limit.
enum SmallFile {
    enum Failure: Error {
        /// With what the system said.
        case unreadable(String)
        case notAFile
        case tooLarge
    }

    /// - Throws: `SmallFile.Failure`.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        var attributes = stat()
        guard stat(path, &attributes) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        guard attributes.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(String(cString: strerror(errno)))
        }
        defer { try? handle.close() }
        do {
            let bytes = try handle.read(upToCount: limit + 1) ?? Data()
            guard bytes.count <= limit else { throw Failure.tooLarge }
            return Array(bytes)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unreadable("it can't be read")
        }
    }
}
