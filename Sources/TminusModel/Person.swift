/// Who asks: known by the credentials of the socket they came through.
package struct Person: Hashable, Sendable {
    /// The account name, at most 64 bytes.
    package var name: String
    /// Unix groups, sorted.
    package var groups: [String]

    package init(name: String, groups: [String] = []) {
        self.name = name
        self.groups = groups
    }
}
