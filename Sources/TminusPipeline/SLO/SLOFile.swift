import TminusModel

/// One file of SLOs with its documents.
struct SLOFile {
    let source: SourceText
    let documents: [YAMLNode]

    private static let filesMax = 100

    /// The SLO at `path` of a place: a file, or every `.yaml` and `.yml` of a folder by name. `shownAs` is how
    /// diagnostics name it, `service` the pipeline's.
    static func slo(
        path: String, in place: any PipelinePlace, shownAs shown: String, service: String, _ list: inout DiagnosticList
    ) -> SLO {
        do throws(DiagnosticsError) {
            let files = try files(path, place, shown)
            if let file = files.first, files.count == 1, let root = file.documents.first, root["services"] != nil {
                return TeamSLO.read(file, root, service: service, &list)
            }
            return OpenSLO.read(files, service: service, &list)
        } catch {
            list.add(contentsOf: error.diagnostics)
            return .broken
        }
    }

    private static func files(
        _ path: String, _ place: any PipelinePlace, _ shown: String
    ) throws(DiagnosticsError) -> [SLOFile] {
        guard place.look(path) == .folder else { return [try file(path, place, shown)] }
        let found = place.names(in: path).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        let folder = shown.hasSuffix("/") ? String(shown.dropLast()) : shown
        guard !found.isEmpty, found.count <= filesMax else {
            let message = found.isEmpty ? "the folder has no .yaml file" : "the folder has \(found.count) files"
            throw DiagnosticsError(diagnostics: [
                Diagnostic(file: shown, message: message, fix: "put 1 to \(filesMax) OpenSLO files into it")
            ])
        }
        var files: [SLOFile] = []
        for name in found { files.append(try file("\(path)/\(name)", place, "\(folder)/\(name)")) }
        return files
    }

    private static func file(
        _ path: String, _ place: any PipelinePlace, _ shown: String
    ) throws(DiagnosticsError) -> SLOFile {
        let source = try SourceReader.source(path, in: place, shownAs: shown)
        return SLOFile(
            source: source, documents: try YAMLReader.documents(of: source, documentsMax: OpenSLO.documentsMax))
    }
}
