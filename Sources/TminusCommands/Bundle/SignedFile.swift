import Crypto
import Foundation
import TminusModel

/// JSON with an Ed25519 signature over its kind and every byte of it.
///
/// Three lines and then the content: `tminus-bundle 1`, the public key, the signature, both in hexadecimal.
struct SignedFile {
    enum Kind: String, Sendable {
        case bundle = "tminus-bundle 1"
        case seal = "tminus-seal 1"
    }

    /// 64 MiB of files in base64, and the plan.
    static let bytesMax = 128 << 20

    let kind: Kind
    let publicKey: [UInt8]
    let content: [UInt8]

    /// Reads a file and checks its signature by the key that stands in it; whose key that is, is for the caller.
    ///
    /// - Throws: `.badInput` with what is wrong.
    init(_ path: String, _ kind: Kind) throws(Failure) {
        guard let bytes = SmallFile.bytes(path, bytesMax: Self.bytesMax) else {
            throw Failure(.badInput, "\(path) can't be read, or is longer than \(Self.bytesMax >> 20) MiB")
        }
        try self.init(bytes, kind, path)
    }

    /// - Parameter path: what the file is called in messages.
    /// - Throws: `.badInput` with what is wrong.
    init(_ bytes: [UInt8], _ kind: Kind, _ path: String) throws(Failure) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual(kind.rawValue.utf8) else {
            throw Failure(.badInput, "\(path) does not begin with '\(kind.rawValue)'")
        }
        guard let key = Hexadecimal.bytes(String(decoding: parts[1], as: UTF8.self)),
            let signature = Hexadecimal.bytes(String(decoding: parts[2], as: UTF8.self)),
            let verifier = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { throw Failure(.badInput, "\(path) has no key or signature that could be read") }
        let content = Array(parts[3])
        guard verifier.isValidSignature(Data(signature), for: Data(Self.signed(kind, content))) else {
            throw Failure(.badInput, "\(path) was changed after it was signed: its signature does not fit")
        }
        self.kind = kind
        publicKey = key
        self.content = content
    }

    static func bytes(_ kind: Kind, _ json: JSON, _ key: EngineKey) throws(Failure) -> [UInt8] {
        let content = json.bytes
        let signature = try key.signature(of: signed(kind, content))
        let head =
            "\(kind.rawValue)\n\(Hexadecimal.text(key.publicKey))\n\(Hexadecimal.text(signature))\n"
        return Array(head.utf8) + content
    }

    private static func signed(_ kind: Kind, _ content: [UInt8]) -> [UInt8] {
        Array((kind.rawValue + "\n").utf8) + content
    }

    /// - Throws: `.badInput` when another key signed it.
    func check(against trusted: [UInt8]?, _ path: String) throws(Failure) {
        guard let trusted else {
            throw Failure(
                .badInput, "no key to compare \(path) with: this data directory has signed nothing yet; say --key")
        }
        guard trusted == publicKey else {
            throw Failure(
                .badInput,
                "\(path) is signed by another key, \(Hexadecimal.text(publicKey)); trusted is "
                    + Hexadecimal.text(trusted))
        }
    }

    func json(_ path: String) throws(Failure) -> JSON {
        do { return try JSON(parsing: content) } catch { throw Failure(.badInput, "\(path): \(error)") }
    }
}
