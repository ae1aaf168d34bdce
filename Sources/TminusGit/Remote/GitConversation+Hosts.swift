import Clibgit2

/// Whether the host at the other end is the one it should be.
extension GitConversation {
    /// - Parameter isValid: libgit2's opinion; of ssh hosts it knows only the user's own known-hosts file, so there it
    ///   does not count.
    /// - Throws: `.untrustedCertificate`, `.unknownHost`, `.changedHost`, `.noTrust`.
    func check(_ certificate: UnsafeMutablePointer<git_cert>, isValid: Bool) throws(GitError) {
        switch certificate.pointee.cert_type {
        case GIT_CERT_HOSTKEY_LIBSSH2:
            let key = UnsafeMutableRawPointer(certificate).assumingMemoryBound(to: git_cert_hostkey.self)
            try checkHostKey(key.pointee)
        case GIT_CERT_X509 where isValid: break
        default:
            throw GitError(
                .untrustedCertificate,
                "the certificate of \(url.host) is not one this machine trusts for that name and day "
                    + "(a name it must be: addresses never match); if the host is yours, hand in its certificate "
                    + "authority; look at it with `openssl s_client -connect \(url.host):\(url.port ?? 443)`"
            )
        }
    }

    private func checkHostKey(_ key: git_cert_hostkey) throws(GitError) {
        guard key.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let bytes = key.hostkey else {
            throw GitError(.unknownHost, "\(url.host) shows no host key that can be compared; nothing was sent to it")
        }
        let raw = UnsafeRawBufferPointer(start: UnsafeRawPointer(bytes), count: Int(key.hostkey_len))
        let blob = Array(raw)
        let port = url.port ?? 22
        let kind = SSHKey.kind(blob).map { PrintableText.line($0, limit: 40) } ?? "unknown"
        let verdict = KnownHosts(try knownHostsTexts()).judge(host: url.host, port: port, key: blob)
        if let refusal = refusal(verdict, kind: kind, shown: "\(kind) \(SSHKey.fingerprint(blob))", port: port) {
            throw refusal
        }
    }

    private func refusal(_ verdict: KnownHosts.Verdict, kind: String, shown: String, port: Int) -> GitError? {
        let name = kind.hasPrefix("ecdsa") ? "ecdsa" : kind.hasPrefix("ssh-") ? String(kind.dropFirst(4)) : "ed25519"
        let advice =
            "compare it with what the host's owner publishes, then add the line of "
            + "`ssh-keyscan -t \(name) -p \(port) \(url.host)`"
        let files = access.knownHosts.isEmpty ? "any known-hosts file" : access.knownHosts.joined(separator: " or ")
        switch verdict {
        case .known: return nil
        case .unknown:
            return GitError(
                .unknownHost,
                "\(url.host) is not in \(files), so nobody says that its key \(shown) is right; nothing was sent; "
                    + advice
            )
        case .different(let known) where !known.contains(kind):
            return GitError(
                .unknownHost,
                "\(url.host) shows its key \(shown), but \(files) has only \(known.joined(separator: ", ")) for it; "
                    + "nothing was sent; \(advice)"
            )
        case .different:
            return GitError(
                .changedHost,
                "\(url.host) shows the key \(shown), which is not the one in \(files): somebody may be in between; "
                    + "nothing was sent; ask the host's owner, and replace the line only if the key was changed"
            )
        case .revoked:
            return GitError(
                .changedHost, "\(url.host) shows the key \(shown), which \(files) marks as revoked; nothing was sent")
        }
    }

    private func knownHostsTexts() throws(GitError) -> [String] {
        var texts: [String] = []
        for path in access.knownHosts {
            let bytes = try TrustedFile.read(path, what: "known-hosts file", limit: KnownHosts.bytesMax)
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        return texts
    }
}
