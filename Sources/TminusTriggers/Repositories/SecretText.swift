import Glibc
package import TminusModel

/// A named secret, read when it is used and kept nowhere.
package enum SecretText {
    /// Bytes, at most 32 KiB.
    static let bytesMax = 32 << 10

    package enum Fault: Error, Sendable {
        case missing, empty, tooLong, unreadable, open
    }

    /// The secret's bytes. Of a file, one newline at its end is not part of it; others may not be able to read it.
    package static func bytes(_ source: SecretReference.Source) throws(Fault) -> [UInt8] {
        var bytes: [UInt8]
        switch source {
        case .environment(let name):
            guard let text = getenv(name) else { throw .missing }
            bytes = Array(UnsafeRawBufferPointer(start: text, count: strnlen(text, bytesMax + 1)))
        case .file(let path):
            bytes = try read(path)
            if bytes.last == 0x0A { bytes.removeLast() }
        }
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= bytesMax else { throw .tooLong }
        return bytes
    }

    /// The same as text, without what could be no password.
    package static func text(_ source: SecretReference.Source) throws(Fault) -> String {
        guard let text = String(validating: try bytes(source), as: UTF8.self), !text.utf8.contains(0) else {
            throw .unreadable
        }
        return text
    }

    /// How a message names where it is.
    package static func place(_ source: SecretReference.Source) -> String {
        switch source {
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }

    private static func read(_ path: String) throws(Fault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .unreadable }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .unreadable }
        guard status.st_mode & 0o007 == 0 else { throw .open }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= bytesMax {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable }
            if count == 0 { break }
            bytes += piece.prefix(count)
        }
        return bytes
    }
}

extension SecretText.Fault {
    /// What is wrong with it, to stand after its place.
    package var words: String {
        switch self {
        case .missing: "is not there"
        case .empty: "is empty"
        case .tooLong: "is longer than \(SecretText.bytesMax) bytes"
        case .unreadable: "can't be read as a secret"
        case .open: "can be read by everybody (chmod o-rwx)"
        }
    }
}
