/// Who asks: known by the credentials of the socket, or by the token, they came with.
package struct Person: Hashable, Sendable {
    /// The account name, or the name the policy gives it, at most 64 bytes.
    package var name: String
    /// Unix groups and the policy's groups, sorted.
    package var groups: [String]
    /// Sorted. What the policy grants; every right where there is no policy.
    package var rights: [Right]
    /// A program with a token of its own (CI), a webhook or the poller: never an approver.
    package var isAutomation: Bool
    /// Services they may touch, as globs; empty means all.
    package var services: [String]

    package init(
        name: String, groups: [String] = [], rights: [Right] = Right.allCases.sorted(), isAutomation: Bool = false,
        services: [String] = []
    ) {
        self.name = name
        self.groups = groups
        self.rights = rights
        self.isAutomation = isAutomation
        self.services = services
    }

    package func may(_ right: Right) -> Bool { rights.contains(right) }

    package func mayTouch(service: String) -> Bool {
        services.isEmpty || services.contains { Glob($0).matches(service) }
    }
}
