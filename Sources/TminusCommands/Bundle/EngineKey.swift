import Crypto
import Foundation
import Glibc
import TminusAttempts

/// The key with which a data directory's engine signs what leaves the journal: made on first use, readable by its
/// account alone; the public half lies beside it.
struct EngineKey {
    private let key: Curve25519.Signing.PrivateKey

    /// - Throws: `.failed` when the key can't be read, or others can read it.
    init(_ directory: DataDirectory) throws(Failure) {
        let path = directory.keys + "/engine.key"
        try DurableFile.make(directory.keys)
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
                throw Failure(.failed, "others can read the engine's key: chmod 600 \(path)")
            }
            guard let bytes = SmallFile.bytes(path, bytesMax: 32),
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
            else {
                throw Failure(.failed, "\(path) is no key of 32 bytes; move it away, and a new one is made")
            }
            self.key = key
            return
        }
        key = Curve25519.Signing.PrivateKey()
        try DurableFile.write(Array(key.rawRepresentation), to: path)
        let text = Hexadecimal.text(Array(key.publicKey.rawRepresentation)) + "\n"
        try DurableFile.write(Array(text.utf8), to: directory.keys + "/engine.pub")
    }

    var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    func signature(of bytes: [UInt8]) throws(Failure) -> [UInt8] {
        do { return Array(try key.signature(for: Data(bytes))) } catch {
            throw Failure(.failed, "the engine's key does not sign: \(error)")
        }
    }

    /// The public key that a data directory trusts; nil when it has none.
    static func trusted(_ directory: DataDirectory) -> [UInt8]? {
        read(directory.keys + "/engine.pub")
    }
}

extension EngineKey {
    /// Keys of other engines that are trusted, at most.
    private static let trustedMax = 100

    /// Whether a key is this data directory's, or one of those that were put into its `keys/trusted/`.
    static func isTrusted(_ key: [UInt8], by directory: DataDirectory) -> Bool {
        allTrusted(by: directory).contains(key)
    }

    /// The data directory's own key first, then those in files of `keys/trusted/` that nobody else can write.
    static func allTrusted(by directory: DataDirectory) -> [[UInt8]] {
        let folder = directory.keys + "/trusted"
        let names = DurableFile.names(in: folder).filter { $0.hasSuffix(".pub") }.prefix(trustedMax)
        let others = names.compactMap { name -> [UInt8]? in
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0
            else { return nil }
            return read("\(folder)/\(name)")
        }
        return (trusted(directory).map { [$0] } ?? []) + others
    }

    /// A public key in a file; nil when there is none.
    static func read(_ path: String) -> [UInt8]? {
        SmallFile.text(path, bytesMax: 128).flatMap { text in Hexadecimal.bytes(text.filter { !$0.isWhitespace }) }
    }
}

/// Bytes as lower-case digits, and back.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything but pairs of digits.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            guard let digit = character.hexDigitValue, character.isASCII else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return high == nil ? bytes : nil
    }
}

/// Files that are whole or not there, also after a power cut.
enum DurableFile {
    /// Writes beside the file and moves it into place, readable by this account alone.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let part = path + ".part"
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refused("write", part) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw refused("write", part) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw refused("sync", part) }
        guard rename(part, path) == 0 else { throw refused("write", path) }
        try sync(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    /// Makes a folder and those above it, 0700; the names of those it makes are durable.
    static func make(_ folder: String) throws(Failure) {
        let slash = folder.lastIndex(of: "/") ?? folder.startIndex
        if mkdir(folder, 0o700) != 0 {
            if errno == EEXIST { return }
            guard errno == ENOENT, slash > folder.startIndex else { throw refused("make", folder) }
            try make(String(folder[..<slash]))
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw refused("make", folder) }
        }
        try sync(slash > folder.startIndex ? String(folder[..<slash]) : "/")
    }

    /// Names in a folder, sorted; empty when it can't be read.
    static func names(in folder: String) -> [String] { FolderNames.all(in: folder) }

    /// Makes the names in a folder durable.
    static func sync(_ folder: String) throws(Failure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refused("sync", folder) }
    }

    private static func refused(_ verb: String, _ path: String) -> Failure {
        Failure(.failed, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
