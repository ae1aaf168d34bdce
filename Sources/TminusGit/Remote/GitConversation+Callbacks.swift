import Clibgit2
import Foundation

/// What libgit2 asks during a conversation: may I trust this host, who are we, may I go on.
extension GitConversation {
    var callbacks: git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, _, _, kinds, payload in
            guard let out, let conversation = GitConversation.of(payload) else { return GIT_EUSER.rawValue }
            return conversation.answer { () throws(GitError) in try conversation.credential(out, kinds: kinds) }
        }
        callbacks.certificate_check = { certificate, isValid, _, payload in
            guard let certificate, let conversation = GitConversation.of(payload) else { return GIT_EUSER.rawValue }
            return conversation.answer { () throws(GitError) in
                try conversation.check(certificate, isValid: isValid != 0)
            }
        }
        callbacks.transfer_progress = { progress, payload in
            guard let progress, let conversation = GitConversation.of(payload) else { return GIT_EUSER.rawValue }
            return conversation.mayGoOn(progress.pointee) ? 0 : GIT_EUSER.rawValue
        }
        return callbacks
    }

    private static func of(_ payload: UnsafeMutableRawPointer?) -> GitConversation? {
        payload.map { Unmanaged<GitConversation>.fromOpaque($0).takeUnretainedValue() }
    }

    private func answer(_ body: () throws(GitError) -> Void) -> Int32 {
        do {
            try body()
            return 0
        } catch {
            failure = error
            git_error_set_str(Int32(GIT_ERROR_CALLBACK.rawValue), "refused by Tminus")
            return GIT_EUSER.rawValue
        }
    }

    private func mayGoOn(_ progress: git_indexer_progress) -> Bool {
        if progress.received_bytes > access.limits.bytes || Int(progress.total_objects) > access.limits.objects {
            transfer.stop(.tooLarge)
        }
        return transfer.stopped == nil
    }

    /// Only the name of the kind and the address show; the secret never does.
    private func credential(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, kinds: UInt32
    ) throws(GitError) {
        let user = url.user ?? "git"
        if kinds & GIT_CREDENTIAL_USERNAME.rawValue != 0 {
            try made(git_credential_username_new(out, user))
            return
        }
        guard credentialsGiven == 0 else { throw refused() }
        credentialsGiven += 1
        switch access.credential.kind {
        case .none:
            guard let password = url.password, url.scheme == .https else {
                let want = url.scheme == .ssh ? "an ssh key" : "an access token"
                throw GitError(.notAllowed, "\(url) wants to know who we are; hand in \(want)")
            }
            try made(git_credential_userpass_plaintext_new(out, user, password))
        case .password(let name, let secret):
            guard kinds & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0 else { throw unfit() }
            try made(git_credential_userpass_plaintext_new(out, name ?? user, try ask(secret, "the password")))
        case .keyFile(let path, let passphrase):
            guard kinds & GIT_CREDENTIAL_SSH_KEY.rawValue != 0 else { throw unfit() }
            try checkKeyFile(path)
            try made(git_credential_ssh_key_new(out, user, nil, path, try words(passphrase)))
        case .keyText(let secret, let passphrase):
            guard kinds & GIT_CREDENTIAL_SSH_KEY.rawValue != 0 else { throw unfit() }
            let text = try ask(secret, "the ssh key")
            try made(git_credential_ssh_key_memory_new(out, user, nil, text, try words(passphrase)))
        case .agent:
            guard kinds & GIT_CREDENTIAL_SSH_KEY.rawValue != 0 else { throw unfit() }
            try made(git_credential_ssh_key_from_agent(out, user))
        }
    }

    private func made(_ code: Int32) throws(GitError) {
        guard code == 0 else {
            throw GitError(.badCredential, "\(access.credential) can't be used for \(url): libgit2 does not take it")
        }
    }

    private func unfit() -> GitError {
        GitError(
            .badCredential,
            "\(access.credential) does not fit \(url); https takes a password or token, ssh a key or the agent"
        )
    }

    private func words(_ passphrase: GitCredential.Secret?) throws(GitError) -> String? {
        guard let passphrase else { return nil }
        return try ask(passphrase, "the passphrase")
    }

    /// What a secret's source throws is not repeated: it may hold the secret.
    private func ask(_ secret: GitCredential.Secret, _ what: String) throws(GitError) -> String {
        guard let text = try? secret() else {
            throw GitError(.badCredential, "\(what) for \(url) can't be had; check where the secret is kept")
        }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw GitError(.badCredential, "\(what) for \(url) is empty or holds NUL; check where the secret is kept")
        }
        return text
    }

    private func checkKeyFile(_ path: String) throws(GitError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw GitError(.badCredential, "the ssh key \(path) is not there, or is no file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw GitError(.badCredential, "the ssh key \(path) can be read by others; run `chmod 600 \(path)`")
        }
        guard BoundedFile.read(path, limit: 64 << 10) != nil else {
            throw GitError(.badCredential, "the ssh key \(path) can't be read by this user")
        }
    }
}
