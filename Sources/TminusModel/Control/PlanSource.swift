/// The tagged commit a pipeline was read from. Part of the plan, so its digest binds what was approved to the tag.
package struct PlanSource: Equatable, Sendable {
    /// The repository's address without credentials.
    package var repository: String
    /// The tag's short name, such as `v1.4.2`.
    package var tag: String
    /// The tag object; equal to `commit` for a lightweight tag. 40 or 64 lower-case hexadecimal digits, as the others.
    package var object: String
    package var commit: String
    package var tree: String
    /// The pipeline's path inside the tree.
    package var path: String
    /// Who made the tag, by its own word, `Name <address>`; nil for a lightweight tag. Names nobody for sure.
    package var tagger: String?
    /// The key that signed it (`SHA256:…` or a GPG fingerprint), once verified; nil when unsigned.
    package var signer: String?
    /// The commit's committer time.
    package var committed: Instant

    package init(
        repository: String, tag: String, object: String, commit: String, tree: String, path: String,
        tagger: String? = nil, signer: String? = nil, committed: Instant
    ) {
        self.repository = repository
        self.tag = tag
        self.object = object
        self.commit = commit
        self.tree = tree
        self.path = path
        self.tagger = tagger
        self.signer = signer
        self.committed = committed
    }
}

extension PlanSource: ReadFromJSON {
    package var json: JSON {
        .members([
            "repository": .string(repository), "tag": .string(tag), "object": .string(object),
            "commit": .string(commit), "tree": .string(tree), "path": .string(path), "tagger": .text(tagger),
            "signer": .text(signer), "committedMilliseconds": .milliseconds(committed),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            repository: try fields.text("repository"), tag: try fields.text("tag"),
            object: try fields.text("object"), commit: try fields.text("commit"), tree: try fields.text("tree"),
            path: try fields.text("path"), tagger: try fields.optional("tagger"),
            signer: try fields.optional("signer"), committed: try fields.instant("committedMilliseconds"))
        try fields.finish()
    }
}
