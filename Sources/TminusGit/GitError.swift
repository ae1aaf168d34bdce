/// Why a question to a git repository has no answer.
package struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no repository at the path.
        case notRepository
        /// The repository belongs to another user, and git's `safe.directory` does not list it.
        case notOwned
        /// The name is not a tag name Tminus accepts.
        case badTagName
        case noSuchTag
        /// The tag points at something that is not a commit.
        case notACommit
        /// The repository could be opened but not read.
        case unreadable
    }

    package var code: Code
    /// What is wrong, where, and what to do.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
