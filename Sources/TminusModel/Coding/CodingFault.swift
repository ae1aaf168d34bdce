/// What made JSON unreadable as one of our values: the place in it, and a sentence.
package struct CodingFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Member names and positions from the outermost value inwards, such as `steps[3].retry.attempts`; empty for the
    /// value itself.
    package var path: String
    /// What is wrong there; holds no secrets beyond the names and numbers of the text itself.
    package var reason: String
    /// Whether the text holds something this version has no name for: then it is not damaged, only too new.
    package var isTooNew: Bool

    package init(path: String = "", reason: String, isTooNew: Bool = false) {
        self.path = path
        self.reason = reason
        self.isTooNew = isTooNew
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    /// The same fault seen from the object that has the value as its member `key`.
    ///
    /// Paths grow while a fault travels outwards, so that reading good JSON never spends anything on them.
    func inside(_ key: String) -> CodingFault {
        let joint = path.isEmpty || path.hasPrefix("[") ? "" : "."
        return CodingFault(path: key + joint + path, reason: reason, isTooNew: isTooNew)
    }

    /// The same fault seen from the array that has the value at `position`.
    func inside(_ position: Int) -> CodingFault { inside("[\(position)]") }

    /// A `type` that this version has no case for.
    static func unknown(_ type: String) -> CodingFault {
        CodingFault(
            path: "type", reason: "the type \(quoted(type)) is not known here: it was written by a newer Tminus",
            isTooNew: true)
    }

    /// A name from outside, cut so that a hostile one cannot fill a screen.
    static func quoted(_ name: String) -> String {
        name.utf8.count <= 100 ? "'\(name)'" : "'\(name.prefix(80))…'"
    }
}
