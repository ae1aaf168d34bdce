#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A folder of this machine.
struct DiskPlace: PipelinePlace {
    /// Absolute, without symbolic links.
    let folder: String

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }

    private func holds(_ real: String) -> Bool { real.hasPrefix(folder == "/" ? "/" : folder + "/") }

    private static func failure(_ subject: String) -> String {
        "cannot read \(subject): \(String(cString: strerror(errno)))"
    }

    // MARK: - What a person may place anywhere

    func look(_ path: String) -> PlacedKind? {
        var status = stat()
        guard stat(absolute(path), &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    func text(_ path: String) throws(PlaceFault) -> [UInt8] {
        try SourceReader.contents(path: absolute(path))
    }

    func names(in folder: String) -> [String] {
        (try? Self.entries(absolute(folder), max: 10_000)) ?? []
    }

    // MARK: - What is pinned

    func file(_ path: String, bytesMax: Int) throws(PlaceFault) -> PlacedFile {
        guard let real = RealPath.of("\(folder)/\(path)") else {
            let reason = errno == ENOENT ? "no file '\(path)' in the pipeline's folder" : Self.failure("'\(path)'")
            throw PlaceFault(
                reason, fix: "write its path from the folder that holds the pipeline, or create it")
        }
        guard holds(real) else {
            throw PlaceFault(
                "'\(path)' is a symbolic link that leaves the pipeline's folder", fix: "copy the file into the folder")
        }
        return try read(real, path, bytesMax)
    }

    private func read(_ real: String, _ path: String, _ bytesMax: Int) throws(PlaceFault) -> PlacedFile {
        // The real path holds no links: one put there since is not followed.
        let descriptor = open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw PlaceFault(Self.failure("'\(path)'"), fix: "make it readable") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PlaceFault("'\(path)' is not a regular file", fix: "name a file")
        }
        guard status.st_size <= bytesMax else { throw PlaceFault("'\(path)' is too large", fix: "", code: .tooLarge) }
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
            throw PlaceFault("'\(path)' changed while it was read", fix: "try again when it is complete")
        }
        return PlacedFile(bytes: bytes, isExecutable: status.st_mode & S_IXUSR != 0)
    }

    /// `read` of the C library, which a method of this type hides.
    private static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }

    func contents(of folder: String, entriesMax: Int) throws(PlaceFault) -> [PlacedEntry] {
        guard let real = RealPath.of("\(self.folder)/\(folder)") else {
            throw PlaceFault(
                "no folder '\(folder)' beside the pipeline",
                fix: "write its path from the folder that holds the pipeline, or create it")
        }
        guard holds(real) else {
            throw PlaceFault("'\(folder)' leaves the pipeline's folder", fix: "move the folder beside the pipeline")
        }
        guard let names = try? Self.entries("\(self.folder)/\(folder)", max: entriesMax) else {
            throw PlaceFault(Self.failure("the folder '\(folder)'"), fix: "name a folder of SQL files")
        }
        return names.sorted().compactMap { name in
            var status = stat()
            guard lstat("\(self.folder)/\(folder)/\(name)", &status) == 0 else { return nil }
            return PlacedEntry(name: name, isFolder: status.st_mode & S_IFMT == S_IFDIR)
        }
    }

    func everything() throws(PlaceFault) -> PlacedAll { PlacedAll() }

    private struct Unreadable: Error {}

    /// Without `.` and `..`; a little more than `max` where there are more.
    private static func entries(_ path: String, max: Int) throws -> [String] {
        guard let directory = opendir(path) else { throw Unreadable() }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            if names.count > max { break }
        }
        return names
    }
}
