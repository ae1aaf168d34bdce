import TminusGit
import TminusPipeline

/// The folder of a pipeline in the tree of a tagged commit, read from the object database: nothing is checked out, no
/// symbolic link followed, no submodule entered. Every file of the folder is pinned.
struct TreePlace: PipelinePlace {
    let folder = "."
    private let repository: GitRepository
    /// 40 digits.
    private let commit: String
    private let tag: String
    /// From the top of the tree, without a slash at its end; empty for the top itself.
    private let root: String

    /// - Parameter pipeline: its path in the tree.
    init(_ repository: GitRepository, commit: String, tag: String, pipeline: String) {
        self.repository = repository
        self.commit = commit
        self.tag = tag
        root = pipeline.lastIndex(of: "/").map { String(pipeline[..<$0]) } ?? ""
    }

    private static let advice = "commit it, and tag that commit"

    /// From the top of the tree, `.` and `..` resolved; nil when it is absolute or leaves the tree.
    private func inTree(_ path: String) -> String? {
        guard !path.hasPrefix("/") else { return nil }
        var names = root.isEmpty ? [] : root.split(separator: "/")
        for name in path.split(separator: "/") where name != "." {
            if name != ".." {
                names.append(name)
            } else if names.popLast() == nil {
                return nil
            }
        }
        return names.joined(separator: "/")
    }

    func look(_ path: String) -> PlacedKind? {
        guard let full = inTree(path) else {
            // It is nothing we may read, and `text` says why.
            return .file
        }
        if full.isEmpty { return .folder }
        guard let entry = try? repository.look(full, at: commit) else { return nil }
        return entry.kind == .folder ? .folder : .file
    }

    func text(_ path: String) throws(PlaceFault) -> [UInt8] {
        guard let full = inTree(path) else {
            throw PlaceFault(
                "'\(shown(path))' is not in the tree of tag \(tag)",
                fix: "commit the file, and name it by its path there")
        }
        return try bytes(full, path, bytesMax: SourceReader.sizeMax).bytes
    }

    func names(in folder: String) -> [String] {
        guard let full = inTree(folder) else { return [] }
        return ((try? entries(full)) ?? []).filter { $0.kind == .file || $0.kind == .program }.map(\.path)
    }

    func file(_ path: String, bytesMax: Int) throws(PlaceFault) -> PlacedFile {
        guard let full = inTree(path) else {
            throw PlaceFault("'\(shown(path))' is not in the tree of tag \(tag)", fix: Self.advice)
        }
        return try bytes(full, path, bytesMax: bytesMax)
    }

    private func bytes(_ full: String, _ path: String, bytesMax: Int) throws(PlaceFault) -> PlacedFile {
        do throws(GitError) {
            guard let entry = try repository.look(full, at: commit) else {
                throw GitError(.noSuchFile, "")
            }
            if let bytes = entry.bytes, bytes > bytesMax { throw GitError(.tooLarge, "") }
            let bytes = try repository.file(full, at: commit, limit: bytesMax)
            return PlacedFile(bytes: bytes, isExecutable: entry.kind == .program)
        } catch {
            switch error.code {
            case .noSuchFile:
                throw PlaceFault("no file '\(shown(full))' in the commit of tag \(tag)", fix: Self.advice)
            case .tooLarge:
                throw PlaceFault(
                    "'\(shown(full))' of tag \(tag) is larger than \(bytesMax) bytes",
                    fix: "keep it out of the pipeline",
                    code: .tooLarge)
            default: throw fault(error)
            }
        }
    }

    func contents(of folder: String, entriesMax: Int) throws(PlaceFault) -> [PlacedEntry] {
        guard let full = inTree(folder) else {
            throw PlaceFault("'\(shown(folder))' is not in the tree of tag \(tag)", fix: Self.advice)
        }
        do throws(GitError) {
            return try entries(full).map { PlacedEntry(name: $0.path, isFolder: $0.kind == .folder) }
        } catch {
            guard error.code != .noSuchFile else {
                throw PlaceFault("no folder '\(shown(full))' in the commit of tag \(tag)", fix: Self.advice)
            }
            throw fault(error)
        }
    }

    func everything() throws(PlaceFault) -> PlacedAll {
        let list: [TreeEntry]
        do throws(GitError) { list = try repository.list(root, at: commit) } catch { throw fault(error) }
        var all = PlacedAll()
        for entry in list {
            let path = root.isEmpty ? entry.path : String(entry.path.dropFirst(root.utf8.count + 1))
            switch entry.kind {
            case .folder: continue
            case .file, .program: all.files.append(path)
            case .symbolicLink: all.leftOut.append("'\(shown(path))' is a symbolic link")
            case .submodule: all.leftOut.append("'\(shown(path))' is a submodule")
            }
        }
        all.files.sort()
        return all
    }

    /// What is in one folder, with names for paths.
    private func entries(_ full: String) throws(GitError) -> [TreeEntry] {
        let prefix = full.isEmpty ? 0 : full.utf8.count + 1
        return try repository.list(full, at: commit).compactMap { entry in
            let name = entry.path.dropFirst(prefix)
            guard !name.contains("/") else { return nil }
            var entry = entry
            entry.path = String(name)
            return entry
        }
    }

    private func fault(_ error: GitError) -> PlaceFault {
        PlaceFault(error.description, fix: Self.advice)
    }

    private func shown(_ path: String) -> String { PrintableText.line(path, limit: 200) }
}
