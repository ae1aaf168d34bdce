/// A version that may not be promoted further, until somebody with the right to says so.
package struct ReleaseBlock: Equatable, Sendable {
    package var service: String
    package var version: String
    package var by: String
    package var reason: String

    package init(service: String, version: String, by: String, reason: String) {
        self.service = service
        self.version = version
        self.by = by
        self.reason = reason
    }
}
