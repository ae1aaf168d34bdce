import Foundation

/// The package's own text: what is in the repository, not what was built.
enum SourceTree {
    /// The folder of Package.swift.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// By path, ascending.
    static let files: [SourceFile] = ["Package.swift", "Sources", "Tests", "docs", "scripts", ".ci", "pipelines"]
        .flatMap { paths(below: $0) }
        .appending(topLevelDocuments)
        .sorted()
        .compactMap(read)

    static let swift = files.filter { $0.kind == .swift }
    static let c = files.filter { $0.kind == .c }
    static let markdown = files.filter { $0.kind == .markdown }
    static let sources = files.filter { $0.path.hasPrefix("Sources/") }
    static let scripts = files.filter { $0.path.hasPrefix("scripts/") || $0.path.hasPrefix(".ci/") }

    /// Names of the folders in `folder`, ascending.
    static func folders(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return (names ?? []).filter { isFolder("\(folder)/\($0)") }.sorted()
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var answer: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &answer)
            && answer.boolValue
    }

    private static let topLevelDocuments: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.path)
        return (names ?? []).filter { $0.hasSuffix(".md") }
    }()

    private static func paths(below path: String) -> [String] {
        guard isFolder(path) else { return exists(path) ? [path] : [] }
        let names = FileManager.default.enumerator(atPath: root.appendingPathComponent(path).path)
        return (names?.compactMap { $0 as? String } ?? []).map { "\(path)/\($0)" }.filter { !isFolder($0) }
    }

    private static func read(_ path: String) -> SourceFile? {
        guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) else { return nil }
        return SourceFile(path: path, text: text)
    }
}

extension [String] {
    fileprivate func appending(_ others: [String]) -> [String] { self + others }
}
