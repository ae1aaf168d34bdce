import Foundation

/// Documents have one title, and their links lead somewhere.
enum MarkdownRules {
    static func titles(_ file: SourceFile) -> [Finding] {
        let titles = proseLines(file).filter { $0.text.hasPrefix("# ") }
        guard titles.count != 1 else { return [] }
        let line = titles.dropFirst().first?.line ?? 0
        return [Finding(path: file.path, line: line, message: "\(titles.count) titles (`# …`), should be one")]
    }

    /// Links to files of the package that do not exist. `exists` gets a path relative to the package's folder.
    static func brokenLinks(_ file: SourceFile, exists: (String) -> Bool) -> [Finding] {
        let folder = file.path.split(separator: "/").dropLast().map(String.init)
        return proseLines(file).flatMap { prose in
            links(in: prose.text).compactMap { link in
                guard !link.contains(":"), !link.hasPrefix("#") else { return nil }
                let target = link.prefix { $0 != "#" }
                guard let path = resolved(String(target), from: folder), exists(path) else {
                    return Finding(path: file.path, line: prose.line, message: "the link to `\(link)` leads nowhere")
                }
                return nil
            }
        }
    }

    /// Lines outside fenced blocks, with inline code taken out; lines from 1.
    static func proseLines(_ file: SourceFile) -> [(line: Int, text: String)] {
        var isFenced = false
        return file.lines.indices.compactMap { index in
            let trimmed = file.lines[index].drop { $0 == " " }
            if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                isFenced.toggle()
                return nil
            }
            if isFenced { return nil }
            let parts = file.lines[index].split(separator: "`", omittingEmptySubsequences: false)
            let prose = parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            return (index + 1, prose.joined(separator: "·"))
        }
    }

    /// Targets of `[text](target)`, in order.
    static func links(in text: String) -> [String] {
        text.components(separatedBy: "](").dropFirst().compactMap { rest in
            guard let end = rest.firstIndex(of: ")") else { return nil }
            return rest[..<end].split(separator: " ").first.map(String.init)
        }
    }

    /// Nil when the path leaves the package.
    static func resolved(_ path: String, from folder: [String]) -> String? {
        var parts = folder
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard !parts.isEmpty else { return nil }
                parts.removeLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
