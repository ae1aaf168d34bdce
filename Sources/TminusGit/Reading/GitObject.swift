import Clibgit2

/// One object as it is stored: its kind and bytes, whose hash libgit2 has checked against the id.
struct StoredObject {
    var kind: git_object_t
    var bytes: [UInt8]
}

extension GitRepository {
    /// The largest annotated tag read, in bytes; its message included.
    static let tagBytesMax = 1 << 20
    /// The largest single tree object read, in bytes: about 800,000 names.
    static let treeBytesMax = 32 << 20
    /// The largest commit read, in bytes; its message included.
    static let commitBytesMax = 4 << 20

    /// Kind and size in bytes without reading the content.
    ///
    /// - Throws: `.unreadable`.
    func header(of id: git_oid) throws(GitError) -> (kind: git_object_t, bytes: Int) {
        let database = try objects()
        defer { git_odb_free(database) }
        var id = id
        var size = 0
        var kind = GIT_OBJECT_INVALID
        guard git_odb_read_header(&size, &kind, database, &id) == 0 else { throw unreadable(id) }
        return (kind, size)
    }

    /// - Throws: `.tooLarge` if the object has more than `limit` bytes, before reading it; `.unreadable`.
    func read(_ id: git_oid, limit: Int, what: String) throws(GitError) -> StoredObject {
        let header = try header(of: id)
        guard header.bytes <= limit else {
            throw GitError(
                .tooLarge,
                "\(what) in \(path) has \(header.bytes) bytes, more than the \(limit) that Tminus reads"
            )
        }
        let database = try objects()
        defer { git_odb_free(database) }
        var id = id
        var object: OpaquePointer?
        guard git_odb_read(&object, database, &id) == 0, let object else { throw unreadable(id) }
        defer { git_odb_object_free(object) }
        let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
        return StoredObject(kind: git_odb_object_type(object), bytes: Array(bytes))
    }

    private func objects() throws(GitError) -> OpaquePointer {
        var database: OpaquePointer?
        guard git_repository_odb(&database, pointer) == 0, let database else {
            throw GitError(.unreadable, "the objects of \(path) can't be opened: \(Libgit2.lastMessage())")
        }
        return database
    }

    private func unreadable(_ id: git_oid) -> GitError {
        let reason = Libgit2.lastMessage()
        return GitError(
            .unreadable,
            "object \(Libgit2.hexadecimal(id)) in \(path) can't be read: \(reason); run `git fsck` there"
        )
    }
}
