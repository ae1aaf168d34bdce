#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads a file a person wrote, up to what any sane one needs, and refuses bytes that no text has.
package enum SourceReader {
    /// 1 MiB.
    package static let sizeMax = 1 << 20

    /// The file's text. `shownAs` is how diagnostics name it.
    static func source(path: String, shownAs file: String) throws(DiagnosticsError) -> SourceText {
        let bytes: [UInt8]
        do throws(PlaceFault) { bytes = try contents(path: path) } catch { throw refusal(file, error) }
        return try text(of: bytes, file: file)
    }

    /// The same of a file in a place.
    static func source(
        _ path: String, in place: any PipelinePlace, shownAs file: String
    ) throws(DiagnosticsError) -> SourceText {
        let bytes: [UInt8]
        do throws(PlaceFault) { bytes = try place.text(path) } catch { throw refusal(file, error) }
        return try text(of: bytes, file: file)
    }

    /// The bytes of a regular file of at most `sizeMax`.
    static func contents(path: String) throws(PlaceFault) -> [UInt8] {
        // Not waiting: opening a pipe that nobody writes to would hang.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let fix =
                errno == ENOENT ? "write the path of a pipeline, such as pipelines/hello.yaml" : "make it readable"
            throw PlaceFault("cannot read the file: \(String(cString: strerror(errno)))", fix: fix)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PlaceFault("not a regular file", fix: "write the path of a file that ends in .yaml")
        }
        guard status.st_size <= sizeMax else { throw tooLarge(Int(status.st_size)) }
        // One byte more than allowed, because it may have grown since.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw PlaceFault("cannot read the file: \(String(cString: strerror(errno)))", fix: "make it readable")
            }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    package static func tooLarge(_ size: Int) -> PlaceFault {
        PlaceFault(
            "the file has \(size) bytes; at most \(sizeMax) (1 MiB) are read",
            fix: "split the release into several pipelines, or move long texts into files that steps run",
            code: .tooLarge)
    }

    private static func refusal(_ file: String, _ fault: PlaceFault) -> DiagnosticsError {
        DiagnosticsError(diagnostics: [Diagnostic(file: file, message: fault.message, fix: fault.fix)])
    }

    /// Checks that `bytes` are UTF-8 text without control characters and holds no interpolation.
    package static func text(
        of bytes: [UInt8], file: String, kind: SourceText.Kind = .pipeline
    ) throws(DiagnosticsError) -> SourceText {
        if bytes.count > sizeMax { throw refusal(file, tooLarge(bytes.count)) }
        let withoutMark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard let offset = firstInvalidByte(withoutMark) else {
            let source = SourceText(file: file, text: String(decoding: withoutMark, as: UTF8.self), kind: kind)
            try refuseControlCharacters(withoutMark, source)
            return source
        }
        // Up to the bad byte the text is sound, so columns are right; the byte itself is shown as U+FFFD.
        let source = SourceText(file: file, text: String(decoding: withoutMark, as: UTF8.self))
        let before = SourceText(file: file, text: String(decoding: withoutMark[..<offset], as: UTF8.self))
        let mark = before.mark(atByte: offset)
        let byte = String(withoutMark[offset], radix: 16, uppercase: true)
        let message = "not UTF-8 text: byte 0x\(byte) at offset \(offset + bytes.count - withoutMark.count)"
        let fix = "save the file as UTF-8"
        throw DiagnosticsError(diagnostics: [source.diagnostic(at: mark, message, fix: fix)])
    }

    /// The offset of the first byte that is no part of well-formed UTF-8; nil when all are.
    static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var position = 0
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): position += scalar.count
            case .error: return position
            case .emptyInput: return nil
            }
        }
    }

    private static func refuseControlCharacters(_ bytes: [UInt8], _ source: SourceText) throws(DiagnosticsError) {
        var list = DiagnosticList()
        for (offset, byte) in bytes.enumerated() {
            guard byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F else { continue }
            let name = byte == 0 ? "a NUL byte" : "the control character U+00\(hex(byte))"
            list.add(source.diagnostic(at: source.mark(atByte: offset), "\(name) in the text", fix: "remove it"))
            if list.diagnostics.count == 10 { break }
        }
        try list.throwIfErrors()
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// Every `${{` of the text: there is no expression language, and none may look as if there were.
    static func interpolations(in source: SourceText) -> [Diagnostic] {
        let bytes = Array(source.text.utf8)
        var found: [Diagnostic] = []
        for offset in bytes.indices.dropLast(2)
        where bytes[offset] == 0x24 && bytes[offset + 1] == 0x7B && bytes[offset + 2] == 0x7B {
            found.append(
                source.diagnostic(
                    at: source.mark(atByte: offset), width: 3,
                    "nothing is interpolated into a \(source.kind.noun): '${{'",
                    fix: source.kind == .policy
                        ? "write the value out"
                        : "inputs arrive as environment variables: TMINUS_INPUT_… (an input 'version' is "
                            + "$TMINUS_INPUT_VERSION in the program you run)"))
            if found.count > DiagnosticList.shownMax { break }
        }
        return found
    }
}
