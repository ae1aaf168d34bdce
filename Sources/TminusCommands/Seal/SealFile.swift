import Foundation
import TminusModel

/// A phase's seal as it stands in a file, with every file that the plan pins: all it takes to go on from it.
struct SealFile {
    var seal: PhaseSeal
    /// By digest.
    var files: [String: [UInt8]]
    /// SHA-256 of what was signed; empty for one that was not read.
    var digest = ""
    var publicKey: [UInt8] = []

    init(seal: PhaseSeal, files: [String: [UInt8]]) {
        self.seal = seal
        self.files = files
    }

    /// - Throws: `.badInput` with what is wrong: the signature, the content, the plan's digest, a file.
    init(_ path: String, trusted: [UInt8]?) throws(Failure) {
        let signed = try SignedFile(path, .seal)
        try signed.check(against: trusted, path)
        try self.init(signed, path)
    }

    /// - Parameter signed: its signature was checked.
    init(_ signed: SignedFile, _ path: String) throws(Failure) {
        let json = try signed.json(path)
        // At first the seal stood there alone.
        let inner = json["seal"] ?? json
        do { seal = try PhaseSeal(json: inner) } catch { throw Failure(.badInput, "\(path): \(error)") }
        guard Digest.sha256(seal.plan.json.bytes) == seal.digest else {
            throw Failure(.badInput, "\(path): the plan is not the one of its digest")
        }
        files = [:]
        for member in json["files"]?.members ?? [] {
            guard let text = member.value.text, let content = Data(base64Encoded: text),
                Digest.sha256([UInt8](content)) == member.key
            else { throw Failure(.badInput, "\(path): the file \(member.key.prefix(64)) is not what its digest says") }
            files[member.key] = [UInt8](content)
        }
        digest = Digest.sha256(signed.content)
        publicKey = signed.publicKey
    }

    var json: JSON {
        let contents = files.keys.sorted().compactMap { digest in
            files[digest].map { JSON.Member(digest, .string(Data($0).base64EncodedString())) }
        }
        return .members([
            "tminus": .string(Version.current), "seal": seal.json, "files": .object(contents),
        ])
    }
}
