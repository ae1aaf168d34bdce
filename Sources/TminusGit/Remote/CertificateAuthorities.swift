import Clibgit2
import Foundation

/// Whom https trusts, for the whole process: libgit2 keeps one list.
package enum CertificateAuthorities {
    /// Where systems keep their own list; the first that exists counts.
    static let systemFiles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
    static let bytesMax = 16 << 20

    /// Trusts the system's authorities and those in the PEM files. Call it before the first fetch, once: it is not safe
    /// while one runs.
    ///
    /// - Throws: `.noTrust` naming the file that can't be used; nothing changes then. `.notWritable`.
    package static func use(files: [String]) throws(GitError) {
        _ = Libgit2.started
        var bundle: [UInt8] = systemFiles.lazy.compactMap { BoundedFile.read($0, limit: bytesMax) }.first ?? []
        for path in files {
            let bytes = try TrustedFile.read(path, what: "file of certificate authorities", limit: bytesMax)
            guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
                throw GitError(.noTrust, "\(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
            }
            bundle += [0x0A] + bytes
        }
        let directory = try PrivateDirectory()
        let path = try directory.write(bundle, as: "authorities.pem")
        guard tminus_git_set_authorities(path) == 0 else {
            throw GitError(
                .noTrust,
                "the authorities in \(files.joined(separator: ", ")) are not taken: \(Libgit2.lastMessage())"
            )
        }
    }
}
