import TminusModel

/// Where a plan was read from, when that was a tag.
enum SourceLines {
    static func of(_ plan: Plan) -> [StyledLine] {
        guard let source = plan.source else { return [] }
        let repository = SafeText.line(source.repository)
        let kind = source.object == source.commit ? "lightweight" : "tag object \(source.object)"
        let signer = source.signer.map { "signed by \(SafeText.line($0))" } ?? "signature not verified"
        let tagger = source.tagger.map { ", tagged by \(SafeText.line($0))" } ?? ""
        return [
            StyledLine("tag \(source.tag) of \(repository)", .faint),
            StyledLine("\(kind), \(signer)\(tagger)", .faint),
            StyledLine("commit \(source.commit), tree \(source.tree)", .faint),
            StyledLine("read from \(SafeText.line(source.path)) there", .faint),
        ]
    }
}
