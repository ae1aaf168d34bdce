import Clibgit2
import Foundation

/// One connection to a git host, from connecting to the end. Stays on its thread.
final class GitConversation {
    let url: GitURL
    let access: GitAccess
    let transfer: Transfer
    /// What a callback found wrong; says more than libgit2's code.
    var failure: GitError?
    /// A host that asks again did not take what it got.
    var credentialsGiven = 0

    init(_ url: GitURL, _ access: GitAccess, _ transfer: Transfer) {
        self.url = url
        self.access = access
        self.transfer = transfer
    }

    /// Connects and lists, then hands the connection to `body`.
    ///
    /// - Parameter repository: where a fetch is to go; nil to only look.
    func connected<T>(
        _ repository: GitRepository?, _ body: (OpaquePointer, [RemoteReference]) throws(GitError) -> T
    ) throws(GitError) -> T {
        _ = Libgit2.started
        // libgit2 says little about files, and takes a path that is no repository for an unknown kind of URL.
        if url.scheme == .file { _ = try GitRepository.open(url.path) }
        transfer.keep(to: url.host, port: url.port ?? (url.scheme == .https ? 443 : 22))
        var remote: OpaquePointer?
        guard create(&remote, repository) == 0, let remote else {
            throw GitError(.badURL, "can't fetch from \(url): \(Libgit2.lastMessage())")
        }
        defer { git_remote_free(remote) }
        var options = git_remote_connect_options()
        git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        options.callbacks = callbacks
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        let code = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options)
        guard code == 0 else { throw explain(code) }
        defer { git_remote_disconnect(remote) }
        return try body(remote, try list(remote))
    }

    /// Neither the user's configuration (`url.insteadOf`) nor the repository's has a say in where we go.
    private func create(_ remote: inout OpaquePointer?, _ repository: GitRepository?) -> Int32 {
        var options = git_remote_create_options()
        git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
        options.repository = repository?.pointer
        options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        return git_remote_create_with_opts(&remote, url.address, &options)
    }

    /// A fetch of `specs` over a connection that `connected` made.
    func fetch(_ remote: OpaquePointer, _ specs: [String]) throws(GitError) {
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.callbacks = callbacks
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.prune = GIT_FETCH_NO_PRUNE
        options.update_fetchhead = 0
        var pointers = specs.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        let code = pointers.withUnsafeMutableBufferPointer { buffer in
            var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return git_remote_fetch(remote, &array, &options, "tminus: fetch")
        }
        guard code == 0 else { throw explain(code) }
    }

    private func list(_ remote: OpaquePointer) throws(GitError) -> [RemoteReference] {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        let code = git_remote_ls(&heads, &count, remote)
        guard code == 0 else { throw explain(code) }
        guard count <= access.limits.references else {
            throw GitError(
                .tooLarge,
                "\(url) lists \(count) references, more than the limit of \(access.limits.references); raise the limit "
                    + "if the repository really has that many"
            )
        }
        var references: [RemoteReference] = []
        for head in UnsafeBufferPointer(start: heads, count: count) {
            guard let head = head?.pointee, let bytes = head.name else { continue }
            let name = String(cString: bytes)
            let id = Libgit2.hexadecimal(head.oid)
            // The commit behind an annotated tag comes right after it, marked so.
            if name.hasSuffix("^{}") {
                if let last = references.indices.last, references[last].name == name.dropLast(3) {
                    references[last].peeled = id
                }
            } else {
                references.append(RemoteReference(name: name, object: id, peeled: nil))
            }
        }
        return references
    }
}
