/// One thing in a commit's tree.
package struct TreeEntry: Equatable, Sendable {
    /// What git stores about it.
    package enum Kind: String, Sendable {
        case file
        /// A file that may be run.
        case program
        case folder
        /// Its content is where it points; never followed.
        case symbolicLink
        /// A commit of another repository; never fetched.
        case submodule
    }

    /// From the top of the tree, `/` between names. Not made safe to print.
    package var path: String
    package var kind: Kind
    /// Of the blob, tree or other repository's commit; 40 lower-case digits.
    package var id: String
    /// Of a file, program or symbolic link; nil for the rest.
    package var bytes: Int?
}
