import Glibc
import TminusModel
import TminusPorts

/// A secret that a source shows to be let in: read when it is used, kept nowhere, in no error.
enum AccessSecret {
    /// Bytes, at most 32 KiB.
    static let bytesMax = 32 << 10

    /// Reads the value now. Of a file, one newline at its end is not part of it.
    ///
    /// - Throws: `.refused` when there is none, it is empty or too long, or holds what no header or password can.
    static func value(_ source: SecretReference.Source) throws(MetricError) -> String {
        switch source {
        case .environment(let variable):
            guard let text = getenv(variable) else {
                throw MetricError(
                    .refused, "the engine's environment has no variable \(variable): set it where the engine is started"
                )
            }
            let bytes = UnsafeRawBufferPointer(start: text, count: strnlen(text, bytesMax + 1))
            return try checked(Array(bytes), "the variable \(variable)")
        case .file(let path):
            var bytes = try read(path)
            if bytes.last == 0x0A { bytes.removeLast() }
            return try checked(bytes, "the file \(path)")
        }
    }

    private static func read(_ path: String) throws(MetricError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw MetricError(
                .refused, "the secret's file \(path) can't be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw MetricError(.refused, "the secret's file \(path) is not a regular file")
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= bytesMax {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count >= 0 else { throw MetricError(.refused, "the secret's file \(path) can't be read") }
            if count == 0 { break }
            bytes += piece.prefix(count)
        }
        return bytes
    }

    private static func checked(_ bytes: [UInt8], _ place: String) throws(MetricError) -> String {
        guard !bytes.isEmpty else { throw MetricError(.refused, "the secret in \(place) is empty") }
        guard bytes.count <= bytesMax else {
            throw MetricError(.refused, "the secret in \(place) is longer than \(bytesMax) bytes")
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let text = String(validating: bytes, as: UTF8.self) else {
            throw MetricError(.refused, "the secret in \(place) holds control characters or is not UTF-8")
        }
        return text
    }
}

extension MetricAccess {
    /// The `Authorization` header's value, and the secret in it.
    func authorization() throws(MetricError) -> (header: String, secret: String) {
        switch self {
        case .bearer(let source):
            let token = try AccessSecret.value(source)
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw MetricError(.refused, "the bearer token holds spaces or letters that no header can carry")
            }
            return ("Bearer \(token)", token)
        case .basic(let user, let source):
            guard !user.contains(":") else {
                throw MetricError(.refused, "a user name for basic access can't hold a colon")
            }
            let password = try AccessSecret.value(source)
            return ("Basic \(Base64.text(Array("\(user):\(password)".utf8)))", password)
        }
    }
}

/// RFC 4648, with padding.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for byte in piece { word = word << 8 | UInt32(byte) }
            word <<= UInt32(8 * (3 - piece.count))
            for place in 0..<4 {
                let letter = letters[Int(word >> UInt32(18 - 6 * place) & 63)]
                text.append(place <= piece.count ? letter : UInt8(ascii: "="))
            }
            start += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
