import Glibc
package import TminusEngine
package import TminusModel

/// Keeps the files that plans pin below `runs/<run>/files`.
package struct RunFiles: PlanFiles {
    let directory: DataDirectory

    package init(_ directory: DataDirectory) {
        self.directory = directory
    }

    package func folder(of run: String) -> String { "\(directory.runs)/\(run)/files" }

    package func keep(_ files: [PinnedContent], of run: String) async throws(EngineError) {
        let root = folder(of: run)
        var folders: Set<String> = []
        for pinned in files {
            let path = "\(root)/\(pinned.file.path)"
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            if folders.insert(folder).inserted { try make(folder) }
            try write(pinned, to: path)
        }
        for folder in folders.sorted() { try sync(folder) }
        // The way down to them must be durable too.
        for folder in [root, "\(directory.runs)/\(run)", directory.runs] { try sync(folder) }
    }

    package func content(of file: PinnedFile, in run: String) async throws(EngineError) -> [UInt8] {
        let path = "\(directory.runs)/\(run)/files/\(file.path)"
        guard let bytes = SmallFile.bytes(path, bytesMax: Int(clamping: file.size)) else {
            throw EngineError(
                .files,
                "\(path) cannot be read, or is longer than what \(run) pinned: without it that run can't be undone")
        }
        return bytes
    }

    private func make(_ folder: String) throws(EngineError) {
        var path = directory.path
        for part in folder.dropFirst(directory.path.count).split(separator: "/") {
            path += "/\(part)"
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw refused("make", path) }
        }
    }

    private func write(_ pinned: PinnedContent, to path: String) throws(EngineError) {
        // What an earlier try left goes away first: the new file is never written through a link.
        guard unlink(path) == 0 || errno == ENOENT else { throw refused("replace", path) }
        let mode: mode_t = pinned.file.isExecutable ? 0o700 : 0o600
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw refused("write", path) }
        defer { close(descriptor) }
        var rest = pinned.content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw refused("write", path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw refused("sync", path) }
    }

    private func sync(_ folder: String) throws(EngineError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refused("sync", folder) }
    }

    private func refused(_ verb: String, _ path: String) -> EngineError {
        EngineError(.files, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
