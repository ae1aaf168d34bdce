/// Which run this one answers.
package enum Lineage: Equatable, Sendable {
    /// It undoes that run's release; what is then in place again is `restores`, a run or nothing known.
    case rollback(of: String, restores: String?)
    /// It repairs forward, for an incident.
    case hotfix(incident: String)
}

extension Lineage: ReadFromJSON {
    package var json: JSON {
        switch self {
        case .rollback(let run, let restores):
            .members(["type": .string("rollback"), "of": .string(run), "restores": .text(restores)])
        case .hotfix(let incident): .members(["type": .string("hotfix"), "incident": .string(incident)])
        }
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "rollback": self = .rollback(of: try fields.text("of"), restores: try fields.optional("restores"))
        case "hotfix": self = .hotfix(incident: try fields.text("incident"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

/// A commit that a release brings.
package struct ChangelogEntry: Equatable, Sendable {
    package var commit: String
    /// The first line of its message, cut to what fits a line.
    package var summary: String
    package var author: String
    /// Committer time: the author's survives a rebase and lengthens lead times.
    package var committed: Instant

    package init(commit: String, summary: String, author: String, committed: Instant) {
        self.commit = commit
        self.summary = summary
        self.author = author
        self.committed = committed
    }
}

extension ChangelogEntry: ReadFromJSON {
    package var json: JSON {
        .members([
            "commit": .string(commit), "summary": .string(summary), "author": .string(author),
            "committedMilliseconds": .milliseconds(committed),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            commit: try fields.text("commit"), summary: try fields.text("summary"),
            author: try fields.text("author"), committed: try fields.instant("committedMilliseconds"))
        try fields.finish()
    }
}
