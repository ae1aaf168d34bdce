import Crypto
import TminusModel

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads the files a plan names, so that a run uses them as they were when it was planned.
struct PinnedFiles {
    /// All files together: 16 MiB. They travel to the engine and into the run's directory.
    static let sizeMax = 16 << 20
    static let filesMax = 2_000
    /// Folders below a migration directory.
    private static let depthMax = 8

    /// Absolute, without symbolic links.
    private let folder: String
    private let source: SourceText
    private(set) var list = DiagnosticList()
    private var found: [String: PinnedFile] = [:]
    private(set) var contents: [String: [UInt8]] = [:]
    private var size = 0

    init(_ requests: [PinRequest], folder: String, source: SourceText) {
        self.folder = folder
        self.source = source
        var seen: Set<String> = []
        for request in requests where seen.insert(request.path).inserted || request.kind == .migrations {
            switch request.kind {
            case .program: pinProgram(request)
            case .migrations: pinMigrations(request)
            }
        }
    }

    /// Sorted by path.
    var files: [PinnedFile] { found.values.sorted { $0.path < $1.path } }

    private mutating func add(_ request: PinRequest, _ message: String, fix: String) {
        let width = source.width(at: request.mark, plainLength: request.path.unicodeScalars.count)
        list.add(source.diagnostic(at: request.mark, width: width, message, fix: fix))
    }

    // MARK: - One file

    private mutating func pinProgram(_ request: PinRequest) {
        guard let file = pin(request.path, request) else { return }
        if !file.isExecutable {
            add(request, "'./\(request.path)' is not executable", fix: "chmod +x \(request.path)")
        }
    }

    private mutating func pin(_ path: String, _ request: PinRequest) -> PinnedFile? {
        if let file = found[path] { return file }
        guard let real = RealPath.of("\(folder)/\(path)") else {
            let reason = errno == ENOENT ? "no file '\(path)' in the pipeline's folder" : Self.failure("'\(path)'")
            add(request, reason, fix: "write its path from the folder that holds the pipeline, or create it")
            return nil
        }
        guard real.hasPrefix(folder == "/" ? "/" : folder + "/") else {
            add(
                request, "'\(path)' is a symbolic link that leaves the pipeline's folder",
                fix: "copy the file into the folder")
            return nil
        }
        guard let (bytes, isExecutable) = read(real, path, request) else { return nil }
        let digest = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let file = PinnedFile(path: path, digest: digest, size: Int64(bytes.count), isExecutable: isExecutable)
        found[path] = file
        contents[digest] = bytes
        return file
    }

    /// The bytes of a regular file; nil, reported, for anything else and past the limits.
    private mutating func read(
        _ real: String, _ path: String, _ request: PinRequest
    ) -> (bytes: [UInt8], isExecutable: Bool)? {
        // The real path holds no links: one put there since is not followed.
        let descriptor = open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            add(request, Self.failure("'\(path)'"), fix: "make it readable")
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            add(request, "'\(path)' is not a regular file", fix: "name a file")
            return nil
        }
        let limit = Self.sizeMax - size
        guard status.st_size <= limit, found.count < Self.filesMax else {
            add(
                request,
                "with '\(path)' the pinned files are more than \(Self.sizeMax >> 20) MiB or "
                    + "\(Self.filesMax) files", fix: "fetch large files in a step instead of keeping them here")
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Self.readSome(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            if got <= 0 { break }
            count += got
        }
        guard count == bytes.count else {
            add(request, "'\(path)' changed while it was read", fix: "try again when it is complete")
            return nil
        }
        size += count
        return (bytes, status.st_mode & S_IXUSR != 0)
    }

    /// `read` of the C library, which a method of this type hides.
    private static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }

    private static func failure(_ subject: String) -> String {
        "cannot read \(subject): \(String(cString: strerror(errno)))"
    }

    // MARK: - Migrations

    private mutating func pinMigrations(_ request: PinRequest) {
        guard let real = RealPath.of("\(folder)/\(request.path)") else {
            add(
                request, "no folder '\(request.path)' beside the pipeline",
                fix: "write its path from the folder that holds the pipeline, or create it")
            return
        }
        guard real.hasPrefix(folder == "/" ? "/" : folder + "/") else {
            add(request, "'\(request.path)' leaves the pipeline's folder", fix: "move the folder beside the pipeline")
            return
        }
        let before = found.count
        pinAll(below: request.path, request, depth: 1)
        let hasMigration = found.keys.contains { $0.hasPrefix(request.path + "/") && $0.hasSuffix(".sql") }
        if !hasMigration, found.count >= before, !list.hasErrors {
            add(
                request, "no .sql file in '\(request.path)'",
                fix: "name migrations 001_what_it_does.sql, and what undoes them 001_what_it_does.down.sql")
        }
    }

    private mutating func pinAll(below path: String, _ request: PinRequest, depth: Int) {
        guard depth <= Self.depthMax else {
            return add(request, "'\(path)' is nested too deeply", fix: "keep migrations in one folder")
        }
        guard let directory = opendir("\(folder)/\(path)") else {
            return add(request, Self.failure("the folder '\(path)'"), fix: "name a folder of SQL files")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            if names.count > Self.filesMax { break }
        }
        for name in names.sorted() where !list.hasErrors {
            let inner = "\(path)/\(name)"
            var status = stat()
            guard lstat("\(folder)/\(inner)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                pinAll(below: inner, request, depth: depth + 1)
            } else {
                _ = pin(inner, request)
            }
        }
    }
}
