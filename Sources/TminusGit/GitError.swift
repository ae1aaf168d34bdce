/// Why a question to a git repository, or to a git host, has no answer.
package struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of thing is wrong; the names are stable.
    package enum Code: String, Sendable, CaseIterable {
        /// There is no repository at the path.
        case notRepository
        /// The repository belongs to another user, and git's `safe.directory` does not list it.
        case notOwned
        /// The name is not a tag name Tminus accepts.
        case badTagName
        case noSuchTag
        /// The tag points at something that is not a commit.
        case notACommit
        /// The tag is a symbolic reference, its object is not written as git writes it, or tags nest too deep.
        case malformedTag
        /// The repository could be opened but not read: an object is missing, damaged or not what it should be.
        case unreadable
        /// Something is larger than the limit for it: a file, a tree, a transfer, a list.
        case tooLarge
        /// The path inside the repository is not one Tminus reads.
        case badPath
        case noSuchFile
        /// There is something at the path, but it is a folder, a symbolic link, a submodule or a Git LFS pointer.
        case notAFile
        /// The URL is not one of the forms that Tminus fetches from.
        case badURL
        /// The host can't be found, or nothing answers there.
        case unreachable
        /// The other side answers, but not as a git host does, or hangs up.
        case badAnswer
        /// The host answers that there is no such repository (or that it is hidden from us).
        case noSuchRemote
        /// The host does not let us in with this credential, or wants one.
        case notAllowed
        /// The credential can't be used: a key file is missing, open to others, or of a kind that can't be read.
        case badCredential
        /// No known-hosts file names the ssh host.
        case unknownHost
        /// The ssh host shows another key than known hosts has for it, or a revoked one.
        case changedHost
        /// The https host's certificate is not one this machine trusts.
        case untrustedCertificate
        case tooSlow
        case cancelled
        /// Another process holds the mirror, or left a lock in it.
        case locked
        /// The mirror's directory can't be made or written.
        case notWritable
        /// A file that says whom to trust is missing, unreadable or open to others; or gpg or ssh-keygen is missing.
        case noTrust
    }

    package var code: Code
    /// What is wrong, where, and what to do. Never holds a secret.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
