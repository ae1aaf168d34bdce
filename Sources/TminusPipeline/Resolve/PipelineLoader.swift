import TminusModel

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The way in: a file → a checked pipeline.
package enum PipelineLoader {
    /// Reads and checks the pipeline at `path`; diagnostics name the file as `path` does.
    ///
    /// Throws every mistake found, sorted by place: first those of the text, then of keys and types, then of meaning.
    package static func load(path: String) throws(DiagnosticsError) -> Pipeline {
        let source = try SourceReader.source(path: path, shownAs: path)
        return try load(source, in: DiskPlace(folder: folder(of: path)))
    }

    /// The same of the pipeline at `path` of a place: relative to its folder, so a plain name.
    package static func load(
        _ path: String, in place: any PipelinePlace, shownAs file: String
    ) throws(DiagnosticsError) -> Pipeline {
        try load(SourceReader.source(path, in: place, shownAs: file), in: place)
    }

    /// The same from bytes; `folder` is absolute, and where relative paths start.
    static func load(bytes: [UInt8], file: String, folder: String) throws(DiagnosticsError) -> Pipeline {
        try load(SourceReader.text(of: bytes, file: file), in: DiskPlace(folder: folder))
    }

    private static func load(_ source: SourceText, in place: any PipelinePlace) throws(DiagnosticsError) -> Pipeline {
        let documents = try YAMLReader.documents(of: source)
        guard let root = documents.first else {
            throw DiagnosticsError(diagnostics: [
                source.diagnostic(at: .start, "the file is empty", fix: "start with 'pipeline: NAME'")
            ])
        }
        var decoder = PipelineDecoder(root: root, source: source, place: place)
        return try decoder.pipeline(path: source.file)
    }

    /// The absolute folder of a file, without symbolic links.
    private static func folder(of path: String) -> String {
        var folder = "."
        if let slash = path.lastIndex(of: "/") { folder = slash == path.startIndex ? "/" : String(path[..<slash]) }
        return RealPath.of(folder) ?? folder
    }
}

enum RealPath {
    /// The absolute path without symbolic links; nil when there is no such file.
    static func of(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(validatingCString: real)
    }
}
