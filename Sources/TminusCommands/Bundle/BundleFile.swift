import Foundation
import TminusModel

/// A rollback bundle with its files, as it stands in a file.
struct BundleFile {
    var bundle: RollbackBundle
    /// By digest.
    var files: [String: [UInt8]]

    init(_ bundle: RollbackBundle, _ files: [String: [UInt8]]) {
        self.bundle = bundle
        self.files = files
    }

    /// - Throws: `.badInput` with what is wrong: the signature, the content, a digest.
    init(_ path: String, trusted: [UInt8]?) throws(Failure) {
        let signed = try SignedFile(path, .bundle)
        try signed.check(against: trusted, path)
        try self.init(signed, path)
    }

    /// - Throws: `.badInput` with what is wrong, also when none of these keys signed it.
    init(_ path: String, among keys: [[UInt8]]) throws(Failure) {
        let signed = try SignedFile(path, .bundle)
        try signed.check(against: keys.first { $0 == signed.publicKey } ?? keys.first, path)
        try self.init(signed, path)
    }

    private init(_ signed: SignedFile, _ path: String) throws(Failure) {
        let json = try signed.json(path)
        guard let inner = json["bundle"] else { throw Failure(.badInput, "\(path) holds no bundle") }
        do { bundle = try RollbackBundle(json: inner) } catch { throw Failure(.badInput, "\(path): \(error)") }
        files = [:]
        for member in json["files"]?.members ?? [] {
            guard let text = member.value.text, let content = Data(base64Encoded: text) else {
                throw Failure(.badInput, "\(path): the file \(member.key.prefix(64)) is not base64")
            }
            files[member.key] = [UInt8](content)
        }
        try check(path)
    }

    private func check(_ path: String) throws(Failure) {
        guard let inverse = bundle.inverse else { return }
        guard Digest.sha256(inverse.plan.json.bytes) == inverse.digest else {
            throw Failure(.badInput, "\(path): the plan is not the one of its digest")
        }
        for file in inverse.plan.files {
            guard let content = files[file.digest], Digest.sha256(content) == file.digest else {
                throw Failure(.badInput, "\(path): \(file.path) is missing, or not the file that was released")
            }
        }
    }

    func bytes(_ key: EngineKey) throws(Failure) -> [UInt8] {
        let contents = files.keys.sorted().compactMap { digest in
            files[digest].map { JSON.Member(digest, .string(Data($0).base64EncodedString())) }
        }
        let json = JSON.members([
            "tminus": .string(Version.current), "bundle": bundle.json, "files": .object(contents),
        ])
        return try SignedFile.bytes(.bundle, json, key)
    }
}
