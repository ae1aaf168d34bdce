import Glibc
import TminusModel

/// A secret that could not be read. Names the secret and its place, never its value.
package struct SecretFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

extension SecretReference {
    /// Longest secret, in bytes: the system's own limit for one environment variable is four times that.
    package static let valueBytesMax = 32 << 10

    /// Reads the value now. Of a file, one newline at its end is not part of it.
    ///
    /// - Throws: `SecretFault` when there is none, it is empty or too long, or it holds a NUL.
    package func value() throws(SecretFault) -> [UInt8] {
        switch source {
        case .environment(let variable):
            guard let text = getenv(variable) else {
                throw fault("the engine's environment has no variable \(variable): set it where the engine is started")
            }
            let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
            return try checked(Array(bytes), "the variable \(variable)")
        case .file(let path):
            let file: OpenFile
            do { file = try OpenFile(path, O_RDONLY | O_NONBLOCK) } catch { throw fault(error.description) }
            guard let size = file.regularSize else { throw fault("\(path) is not a regular file") }
            guard size <= Self.valueBytesMax else { throw tooLong("the file \(path)") }
            guard var bytes = file.read(limit: Self.valueBytesMax + 1) else { throw fault("\(path) can't be read") }
            if bytes.last == 0x0A { bytes.removeLast() }
            return try checked(bytes, "the file \(path)")
        }
    }

    private func checked(_ bytes: [UInt8], _ place: String) throws(SecretFault) -> [UInt8] {
        guard !bytes.isEmpty else { throw fault("\(place) is empty") }
        guard bytes.count <= Self.valueBytesMax else { throw tooLong(place) }
        guard !bytes.contains(0) else { throw fault("\(place) holds a NUL byte, which no variable can") }
        return bytes
    }

    private func tooLong(_ place: String) -> SecretFault {
        fault("\(place) is longer than \(Self.valueBytesMax) bytes")
    }

    private func fault(_ reason: String) -> SecretFault {
        SecretFault(description: "the secret \(name) can't be read: \(reason)")
    }
}
