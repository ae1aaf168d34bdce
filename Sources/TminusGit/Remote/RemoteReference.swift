/// One reference as a git host lists it.
package struct RemoteReference: Equatable, Sendable {
    /// Such as `refs/tags/v1.4.2` or `HEAD`; whatever the host says, not made safe to print.
    package var name: String
    /// 40 lower-case digits.
    package var object: String
    /// What an annotated tag leads to in the end; nil for everything else.
    package var peeled: String?

    package init(name: String, object: String, peeled: String?) {
        self.name = name
        self.object = object
        self.peeled = peeled
    }

    /// The name of a tag that Tminus releases; nil for other references, and tags with hostile names.
    package var tagName: String? {
        guard name.hasPrefix("refs/tags/") else { return nil }
        let tag = String(name.dropFirst(10))
        return TagName.isAccepted(tag) ? tag : nil
    }
}
