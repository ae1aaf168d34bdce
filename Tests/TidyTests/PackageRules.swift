import Foundation

/// The manifest and the folders say the same.
enum PackageRules {
    /// One target as the manifest declares it.
    struct Target: Equatable {
        var name: String
        /// Relative to the package's folder.
        var folder: String
    }

    private static let kinds = [
        ".executableTarget(": "Sources", ".target(": "Sources", ".systemLibrary(": "Sources", ".testTarget(": "Tests",
    ]

    /// Programs in other languages, which tests run.
    private static let programs = ["Tests/Torture"]

    /// In the order declared.
    static func targets(in manifest: String) -> [Target] {
        var result: [Target] = []
        // The list of targets ends where it is indented by four; a target's own lists by more.
        let lines = manifest.split(separator: "\n").map { $0 == "    ]," ? $0 : $0.drop { $0 == " " } }
        for (index, line) in lines.enumerated() {
            guard let (_, parent) = kinds.first(where: { line.hasPrefix($0.key) }) else { continue }
            let rest = lines[(index + 1)...].prefix { !isBeginning($0) }
            let declaration = ([line] + rest).joined(separator: " ")
            guard let name = value(of: "name", in: declaration) else { continue }
            result.append(Target(name: name, folder: value(of: "path", in: declaration) ?? "\(parent)/\(name)"))
        }
        return result
    }

    /// Targets without a folder that holds files, and folders that are no target's.
    static func mismatches(manifest: String, folders: [String], files: [String]) -> [Finding] {
        let targets = targets(in: manifest)
        let empty = targets.filter { target in !files.contains { $0.hasPrefix("\(target.folder)/") } }.map {
            Finding(path: "Package.swift", line: 0, message: "target \($0.name) has no files in \($0.folder)")
        }
        let strangers = folders.filter { folder in
            !programs.contains(folder) && !targets.contains { $0.folder == folder }
        }.map {
            Finding(path: $0, line: 0, message: "no target in Package.swift has this folder")
        }
        return empty + strangers
    }

    private static func isBeginning(_ line: Substring) -> Bool {
        kinds.keys.contains { line.hasPrefix($0) } || line == "    ],"
    }

    private static func value(of label: String, in text: String) -> String? {
        guard let start = text.range(of: "\(label): \"")?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "\"" })
    }
}
