import Crypto
import TminusModel

/// Reads the files a plan names, so that a run uses them as they were when it was planned.
struct PinnedFiles {
    /// All files together: 16 MiB. They travel to the engine and into the run's directory.
    static let sizeMax = 16 << 20
    static let filesMax = 2_000
    /// Folders below a migration directory.
    private static let depthMax = 8

    private let place: any PipelinePlace
    private let source: SourceText
    private(set) var list = DiagnosticList()
    private var found: [String: PinnedFile] = [:]
    private(set) var contents: [String: [UInt8]] = [:]
    private var size = 0

    init(_ requests: [PinRequest], in place: any PipelinePlace, source: SourceText) {
        self.place = place
        self.source = source
        var seen: Set<String> = []
        for request in requests where seen.insert(request.path).inserted || request.kind == .migrations {
            switch request.kind {
            case .program: pinProgram(request)
            case .migrations: pinMigrations(request)
            }
        }
        if !list.hasErrors { pinEverything() }
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
        do throws(PlaceFault) {
            guard found.count < Self.filesMax else { throw PlaceFault("", fix: "", code: .tooLarge) }
            let placed = try place.file(path, bytesMax: Self.sizeMax - size)
            size += placed.bytes.count
            let digest = SHA256.hash(data: placed.bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let file = PinnedFile(
                path: path, digest: digest, size: Int64(placed.bytes.count), isExecutable: placed.isExecutable)
            found[path] = file
            contents[digest] = placed.bytes
            return file
        } catch {
            switch error.code {
            case .unreadable: add(request, error.message, fix: error.fix)
            case .tooLarge:
                add(
                    request,
                    "with '\(path)' the pinned files are more than \(Self.sizeMax >> 20) MiB or "
                        + "\(Self.filesMax) files", fix: "fetch large files in a step instead of keeping them here")
            }
            return nil
        }
    }

    // MARK: - Migrations

    private mutating func pinMigrations(_ request: PinRequest) {
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
        do throws(PlaceFault) {
            for entry in try place.contents(of: path, entriesMax: Self.filesMax) where !list.hasErrors {
                let inner = "\(path)/\(entry.name)"
                if entry.isFolder {
                    pinAll(below: inner, request, depth: depth + 1)
                } else {
                    _ = pin(inner, request)
                }
            }
        } catch {
            add(request, error.message, fix: error.fix)
        }
    }

    // MARK: - The whole place

    /// Reported at the pipeline's first line: it is about the folder the pipeline is in.
    private mutating func pinEverything() {
        do throws(PlaceFault) {
            let all = try place.everything()
            for path in all.files where !list.hasErrors {
                _ = pin(path, PinRequest(path: path, kind: .program, mark: .start))
            }
            guard !all.leftOut.isEmpty else { return }
            let shown = all.leftOut.prefix(3).joined(separator: ", ")
            let more = all.leftOut.count > 3 ? ", and \(all.leftOut.count - 3) more" : ""
            list.add(
                source.diagnostic(
                    .warning, at: .start, "steps will not find all of the folder: \(shown)\(more)",
                    fix: "commit plain files, if steps need them"))
        } catch {
            list.add(source.diagnostic(at: .start, error.message, fix: error.fix))
        }
    }
}
