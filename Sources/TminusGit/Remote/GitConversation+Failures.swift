import Clibgit2
import Foundation

/// What a failed conversation means, and what to do about it.
extension GitConversation {
    /// Right after the call that failed, on the same thread.
    func explain(_ code: Int32) -> GitError {
        if let failure { return failure }
        if let stop = transfer.stopped { return .stopped(stop, "fetching from \(url)", access.limits) }
        let message = Libgit2.lastMessage()
        if code == GIT_EAUTH.rawValue { return refused() }
        if code == GIT_ELOCKED.rawValue {
            return GitError(
                .locked,
                "a reference is locked (\(message)); if no fetch is running, a killed one left it: remove the lock file"
            )
        }
        switch Libgit2.lastKind {
        case GIT_ERROR_SSL.rawValue: return insecure(message)
        case GIT_ERROR_HTTP.rawValue: return http(message)
        case GIT_ERROR_SSH.rawValue: return ssh(message, code: code)
        case GIT_ERROR_NET.rawValue where message.hasPrefix("connecting failed") || message.hasPrefix("its name"):
            return GitError(
                .unreachable, "\(url) can't be reached: \(message); check the name, the network and the firewall")
        case GIT_ERROR_NET.rawValue where message == GuardedSocket.elsewhere || message.hasPrefix("cannot redirect"):
            return GitError(
                .badURL,
                "\(url) redirects to another host, where Tminus does not follow it; look there with "
                    + "`curl -sI \(url)/info/refs`, and use the new URL if it is right"
            )
        case GIT_ERROR_OS.rawValue, GIT_ERROR_NOMEMORY.rawValue:
            return GitError(
                .notWritable, "what \(url) sent can't be stored: \(message); check space and permissions")
        default: return badAnswer(message)
        }
    }

    private func badAnswer(_ message: String) -> GitError {
        GitError(
            .badAnswer,
            "\(url) does not answer as a git host does: \(message); check the URL, and try `git ls-remote \(url)`"
        )
    }

    func refused() -> GitError {
        let remark =
            switch access.credential.kind {
            case .keyFile, .keyText:
                isRSA
                    ? "it is an RSA key, which Debian's libssh2 signs by SHA-1 only, and hosts refuse that; make "
                        + "another with `ssh-keygen -t ed25519` and register it there"
                    : "check that its public half is registered there, and its passphrase"
            case .agent:
                "check `ssh-add -l` as this user; RSA keys don't count, as Debian's libssh2 signs by SHA-1 only"
            case .password, .none: "check that it is right, not expired, and may read this repository"
            }
        return GitError(.notAllowed, "\(url) does not let us in with \(access.credential); \(remark)")
    }

    /// Whether the private key is RSA, by its text.
    private var isRSA: Bool {
        let text: String
        switch access.credential.kind {
        case .keyFile(let path, _):
            guard let bytes = BoundedFile.read(path, limit: 64 << 10) else { return false }
            text = String(decoding: bytes, as: UTF8.self)
        case .keyText(let secret, _): text = (try? secret()) ?? ""
        case .none, .password, .agent: return false
        }
        if text.contains("BEGIN RSA PRIVATE KEY") { return true }
        let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let bytes = Foundation.Data(base64Encoded: body) else { return false }
        return bytes.prefix(256).range(of: Foundation.Data("ssh-rsa".utf8)) != nil
    }

    private func insecure(_ message: String) -> GitError {
        GitError(
            .untrustedCertificate,
            "no secure connection to \(url.host) (\(message)); check that it speaks TLS 1.2, and its certificate with "
                + "`openssl s_client -connect \(url.host):\(url.port ?? 443)`"
        )
    }

    private func http(_ message: String) -> GitError {
        // libgit2 keeps the status nowhere but in its words; the number only chooses the advice.
        let status = message.split(separator: " ").last.flatMap { Int($0) }
        switch status {
        case 401, 403: return refused()
        case 404, 410: return noSuchRemote("")
        default: return badAnswer(message)
        }
    }

    private func noSuchRemote(_ remark: String) -> GitError {
        GitError(
            .noSuchRemote,
            "\(url) has no such repository, or hides it from \(access.credential)\(remark); check the path, "
                + "and who may read it"
        )
    }

    private func ssh(_ message: String, code: Int32) -> GitError {
        if code == GIT_EEOF.rawValue { return noSuchRemote(" (it says: \(message))") }
        if credentialsGiven > 0, message.contains("authenticat") { return refused() }
        return GitError(
            .badAnswer, "\(url) does not answer as a git host over ssh does: \(message); check the host and the port")
    }
}
